module.exports = {
  displayName: 'k8s',
  preset: '../jest.preset.cjs',
  testPathIgnorePatterns: ['/node_modules/', '/test-output/'],
};
