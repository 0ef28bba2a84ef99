module.exports = { displayName: 'cart-cache', preset: '../../jest.preset.cjs' };
