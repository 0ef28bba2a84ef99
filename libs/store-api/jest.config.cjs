module.exports = { displayName: 'store-api', preset: '../../jest.preset.cjs' };
