const { availableParallelism } = require('node:os');
const { join } = require('node:path');
const { compilerOptions } = require('./tsconfig.base.json');

/** `npm run test:SUITE` runs its files, `x.SUITE.spec.ts`; `npm test` does not. */
const suites = ['stress', 'browser', 'stores', 'manifests', 'package', 'servers'];

/** Of the whole workspace: `npx jest` finds it from any folder below. */
module.exports = {
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/k8s', '<rootDir>/tools'],
  testEnvironment: '<rootDir>/jest-environment.cjs',
  runtime: '<rootDir>/jest-runtime.cjs',
  testSequencer: '<rootDir>/jest-sequencer.cjs',
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: suites
    .filter((suite) => process.env[suite.toUpperCase()] !== '1')
    .map((suite) => `\\.${suite}\\.spec\\.ts$`),
  modulePathIgnorePatterns: ['/test-output/'],
  // Twice as many as cores, since most specs wait for processes.
  maxWorkers: 2 * availableParallelism(),
  // A busy machine is not a failure: what has to be fast is counted, not timed.
  testTimeout: 180_000,
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  moduleNameMapper: Object.fromEntries(
    Object.entries(compilerOptions.paths).map(([name, [file]]) => [`^${name}$`, join(__dirname, file)]),
  ),
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
    '\\.(lua|sql|txt)$': join(__dirname, 'jest-text-transform.cjs'),
  },
};
