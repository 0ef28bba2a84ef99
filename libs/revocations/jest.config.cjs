module.exports = { displayName: 'revocations', preset: '../../jest.preset.cjs' };
