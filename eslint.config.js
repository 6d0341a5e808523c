import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import globals from 'globals';
import ts from 'typescript-eslint';

/** Who may import what. The folder of a file decides which process it may run in. */
const electronOnly = {
  name: 'electron',
  message: 'Only src-main/desktop may import electron: everything else runs on both hosts.',
};
/** What fails on Windows while a virus scanner holds a file: only src-main/platform/files.ts may call it, which tries again. */
const bare = ['rename', 'rm', 'unlink', 'rmdir'].flatMap((name) => [name, `${name}Sync`]);
const bareFiles = ['node:fs', 'node:fs/promises', 'fs', 'fs/promises'].map((name) => ({
  name,
  // The default export and `promises` have all of them.
  importNames: [...bare, 'default', 'promises'],
  message: 'Files are moved and removed through src-main/platform/files.ts.',
}));
const restrict = (paths, patterns = []) => ({
  'no-restricted-imports': ['error', { paths: [...paths, ...bareFiles], patterns }],
});
const sqliteOnly = {
  name: '@photostructure/sqlite',
  message: 'SQLite is imported in src-main/platform/storage/sqlite.ts only.',
};
const keytarOnly = {
  name: 'keytar',
  message: 'keytar is imported in src-main/accounts/keychain.ts only.',
};
const fetchOnly = {
  name: 'node-fetch',
  message:
    'node-fetch is imported in src-main/carrier/flowroute/http/send.ts only: requests go through its pacing.',
};

/** What makes an assertion a thing that may not happen, or a test wait for a time. */
const assertion =
  ":matches(CallExpression[callee.name='expect'], CallExpression[callee.object.name='expect'][callee.property.name='poll'])";
const choices =
  ':matches(IfStatement > .consequent, IfStatement > .alternate, ConditionalExpression, LogicalExpression, SwitchCase, CatchClause)';
const neverEmpty = [
  "[right.type='ArrayExpression']",
  "[right.expression.type='ArrayExpression']",
  "[right.callee.name='some']",
  "[right.callee.object.callee.name='some']",
];
const trusted = [
  {
    selector: `${choices} ${assertion}`,
    message: 'What is asserted must be asserted always: work out first what is expected.',
  },
  {
    selector: `:matches(ForOfStatement, ForInStatement)${neverEmpty.map((one) => `:not(${one})`).join('')} ${assertion}`,
    message: 'A list that was worked out may be empty: some(list) of tests/support/some.ts has one at least.',
  },
  {
    selector: `CallExpression[callee.property.name=/^(forEach|map|flatMap|filter|every|catch|finally)$/] ${assertion}`,
    message: 'This may never be called: assert what came of it.',
  },
  {
    selector: "CallExpression[callee.property.name='waitForTimeout']",
    message: 'Wait for what the test is about, not for a time.',
  },
];

/** The package's own entry would have every build compile all of its icons. */
const allIcons = {
  name: '@lucide/svelte',
  message: "Icons are imported one by one: import X from '@lucide/svelte/icons/x'.",
};
/** The platform knows no feature: it may import itself and the contract. */
const noFeature = {
  regex:
    '^(\\.\\./)+(app|accounts|activity|backup|browser-host|buying|carrier|desktop|inventory|jobs|journal|nanp|routing|sandbox|tools)/',
  message: 'src-main/platform knows no feature: a feature brings what the platform needs of it.',
};

const agentsOnly = ['https-proxy-agent', 'http-proxy-agent', 'socks-proxy-agent'].map((name) => ({
  name,
  message:
    'Agents are made in src-main/carrier/flowroute/http/agents.ts only: it keeps the password of a proxy out of its address.',
}));

export default ts.config(
  { ignores: ['dist/', 'release/', 'test-results/', 'node_modules/'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...ts.configs.stylistic,
  ...svelte.configs.recommended,
  prettier,
  ...svelte.configs.prettier,
  {
    files: ['src-main/**/*.ts', 'src-renderer/**/*.ts', 'src-renderer/**/*.svelte'],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js'] })],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: { 'import-x/no-cycle': ['error', { ignoreExternal: true }] },
  },
  {
    languageOptions: { globals: { ...globals.node } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'no-console': 'error',
      eqeqeq: 'error',
      'no-warning-comments': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-invalid-void-type': 'off',
    },
  },
  {
    files: ['**/*.ts', '**/*.svelte', '**/*.svelte.ts'],
    rules: { 'no-undef': 'off' },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser }, globals: { ...globals.browser } },
  },
  {
    files: ['src-main/**/*.ts'],
    rules: {
      ...restrict(
        [electronOnly, sqliteOnly, keytarOnly, fetchOnly, ...agentsOnly],
        [
          {
            group: ['**/src-renderer/**', '#renderer/*'],
            message: 'The main process never imports renderer code.',
          },
        ],
      ),
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ImportExpression[source.value=/^(node:)?fs(\\/promises)?$/]',
          message: 'Files are moved and removed through src-main/platform/files.ts.',
        },
      ],
    },
  },
  {
    files: ['src-main/platform/**/*.ts'],
    rules: restrict([electronOnly, sqliteOnly, keytarOnly, fetchOnly, ...agentsOnly], [noFeature]),
  },
  {
    files: ['src-main/platform/files.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: [electronOnly] }], 'no-restricted-syntax': 'off' },
  },
  {
    files: ['src-main/desktop/**/*.ts'],
    rules: restrict([sqliteOnly, keytarOnly, fetchOnly, ...agentsOnly]),
  },
  { files: ['src-main/platform/storage/sqlite.ts'], rules: restrict([electronOnly], [noFeature]) },
  { files: ['src-main/accounts/keychain.ts'], rules: restrict([electronOnly]) },
  {
    files: ['src-main/carrier/flowroute/http/send.ts', 'src-main/carrier/flowroute/http/agents.ts'],
    rules: restrict([electronOnly]),
  },
  {
    files: ['src-renderer/**/*.ts', 'src-renderer/**/*.svelte'],
    languageOptions: { globals: { ...globals.browser } },
    rules: restrict(
      [electronOnly, sqliteOnly, keytarOnly, fetchOnly, allIcons],
      [
        { group: ['node:*'], message: 'The renderer is sandboxed: no Node.' },
        {
          regex: '(#main|src-main)/(?!contract/)',
          message:
            'The renderer may import only src-main/contract: everything else stays in the main process.',
        },
      ],
    ),
  },
  {
    files: ['src-renderer/**/*.ts', 'src-renderer/**/*.svelte'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "LogicalExpression[operator='||'][left.property.name=/^(ctrl|meta)Key$/][right.property.name=/^(ctrl|meta)Key$/]",
          message:
            'Commands go with ⌘ on macOS and with Ctrl elsewhere: commandHeld of src-renderer/lib/keys.ts.',
        },
      ],
    },
  },
  {
    files: ['tests/**/*.ts'],
    // A bench lets what it measures come to rest.
    ignores: ['tests/bench/**'],
    rules: { 'no-restricted-syntax': ['error', ...trusted] },
  },
  {
    files: [
      'src-main/tools/**',
      'src-main/sandbox/command.ts',
      'src-main/browser-host/**',
      'tests/**',
      '*.config.ts',
      '*.config.js',
    ],
    rules: { 'no-console': 'off' },
  },
);
