import { readFileSync } from 'node:fs';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

const services = Object.keys(JSON.parse(readFileSync(new URL('services.json', import.meta.url), 'utf8')));

/** What each kind of project may import, first by what it is, then by what it belongs to. */
const allowed = {
  'type:app': ['type:feature', 'type:kit', 'type:test-kit'],
  'type:feature': ['type:kit', 'type:test-kit'],
  'type:kit': ['type:kit', 'type:test-kit'],
  'type:test-kit': [],
  'type:tool': ['type:feature', 'type:kit', 'type:test-kit'],
  'type:e2e': ['type:tool', 'type:kit', 'type:test-kit'],
  ...Object.fromEntries(
    services.map((service) => [
      `scope:${service}`,
      ['scope:shared', 'scope:api', 'scope:redis', 'scope:cache', 'scope:test'],
    ]),
  ),
  'scope:cache': ['scope:redis', 'scope:test'],
  'scope:redis': ['scope:test'],
  'scope:shared': ['scope:shared', 'scope:redis', 'scope:test'],
  'scope:api': ['scope:shared', 'scope:test'],
  'scope:test': [],
  'scope:workspace': ['scope:workspace', 'scope:shared', 'scope:api', 'scope:redis', 'scope:cache', 'scope:test'],
};
const depConstraints = Object.entries(allowed).map(([sourceTag, onlyDependOnLibsWithTags]) => ({
  sourceTag,
  onlyDependOnLibsWithTags,
}));

/** `npm run lint` checks types once for all projects; ESLint's service, for editors and single files, does so for each project. */
const types =
  process.env.LINT === 'workspace'
    ? { project: ['tsconfig.json', 'apps/storefront/tsconfig.json'] }
    : { projectService: true };

const workspace = [
  { ignores: ['**/dist', '**/coverage', '**/test-output', '**/.nx', '**/.data', 'tmp'] },
  ...nx.configs['flat/base'],
  ...nx.configs['flat/typescript'],
  ...nx.configs['flat/javascript'],
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: {
      parserOptions: { ...types, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      'no-console': 'error',
      // CONTRIBUTING.md, Names: a literal is written out, and what is looked up is named `getX`, `readX` or `toX`.
      'no-restricted-syntax': [
        'error',
        {
          selector: 'SpreadElement > ObjectExpression',
          message: 'Write the members out instead of spreading a literal.',
        },
      ],
    },
  },
  {
    files: ['**/*.ts', '**/*.tsx', '**/*.mjs', '**/*.cjs'],
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          allow: ['^.*/eslint\\.config\\.mjs$', '^.*/(services|images)\\.json$', '^.*/load-store-api\\.mjs$'],
          depConstraints,
        },
      ],
    },
  },
  prettier,
];

export default workspace;

/** Inside an app dependencies point one way: http → domain ← postgres, clients. `regex` matches what is forbidden. */
const layer = (folder, regex, allowedFolders, ...morePatterns) => ({
  files: [`**/src/${folder}/**/*.ts`],
  ignores: ['**/*.spec.ts'],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      { patterns: [{ regex, message: `${folder}/ imports ${allowedFolders} alone.` }, ...morePatterns] },
    ],
  },
});

export const app = [
  ...workspace,
  layer(
    'domain',
    '^(?!\\./[^/]*$|node:crypto$|lru-cache$|@badger-store/(cart-cache|service-kit|store-api)$).*',
    'its own folder, and the cart it is about',
    {
      regex: '^@badger-store/service-kit$',
      allowImportNames: ['ServiceError'],
      message: 'domain/ takes errors alone from it.',
    },
    { regex: '^@badger-store/store-api$', allowTypeImports: true, message: 'domain/ takes types alone from it.' },
  ),
  layer('http', '^\\.\\./(?!domain/).*', 'domain/ and its own folder'),
  layer('postgres', '^\\.\\./(?!domain/|tables$|\\.\\./).*', 'domain/ and its own folder'),
  layer('clients', '^\\.\\./(?!domain/).*', 'domain/ and its own folder'),
];
