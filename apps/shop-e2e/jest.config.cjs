module.exports = { displayName: 'shop-e2e', preset: '../../jest.preset.cjs', testTimeout: 60_000 };
