import { defineConfig } from 'tsdown';

/** `nx build cart-cache` makes the package, as it is published, in dist/libs/cart-cache. */
export default defineConfig({
  entry: { index: 'src/index.ts', testing: 'src/testing/index.ts' },
  format: ['esm', 'cjs'],
  outDir: '../../dist/libs/cart-cache',
  platform: 'node',
  target: 'node20',
  tsconfig: '../../tsconfig.base.json',
  loader: { '.lua': 'text' },
  // Of what package.json does not name, the workspace's own libraries alone go into the package.
  deps: { alwaysBundle: [/^@badger-store\//], onlyBundle: [] },
  // What both entries share is one file each, under the same name in every build.
  hash: false,
  dts: true,
  sourcemap: true,
  copy: ['package.json', 'README.md', '../../LICENSE'],
  failOnWarn: true,
  checks: { pluginTimings: false },
});
