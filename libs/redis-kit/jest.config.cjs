module.exports = { displayName: 'redis-kit', preset: '../../jest.preset.cjs' };
