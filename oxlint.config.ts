import { defineConfig } from 'oxlint';

/** Which packages of ours each package may import. */
const layers: Record<string, readonly string[]> = {
  base: [],
  runtime: ['base'],
  modfetch: ['base'],
  objfile: ['base', 'runtime'],
  asm: ['base', 'objfile', 'runtime'],
  link: ['base', 'objfile', 'runtime'],
  gc: ['asm', 'base', 'objfile', 'runtime'],
  'cmd-go': ['asm', 'base', 'gc', 'link', 'modfetch', 'objfile', 'runtime'],
};
/** The folders that may touch files, processes, the network and the clock. */
const impure: Record<string, string> = {
  'cmd-go': 'packages/cmd-go/src/**',
  modfetch: 'packages/modfetch/src/fetch/**',
  runtime: 'packages/runtime/src/goroot/**',
};
const acrossFolders = {
  regex: `^(\\.\\./)+(${Object.keys(layers).join('|')})/`,
  message: 'Import another package by its name.',
};
const io = {
  regex:
    '^node:(child_process|dgram|dns|fs|http|http2|https|net|os|process|tls|worker_threads)(/|$)',
  message: 'This folder is pure: take what you need as an argument.',
};

function imports(name: string, ...more: (typeof io)[]): ['error', object] {
  const below = layers[name] ?? [];
  const group = [
    '@go-ts/*',
    '@go-ts/*/**',
    ...below.flatMap((b) => [`!@go-ts/${b}`, `!@go-ts/${b}/**`]),
  ];
  const message = `${name} may import ${below.join(', ') || 'none of our packages'}.`;
  return ['error', { patterns: [{ group, message }, acrossFolders, ...more] }];
}

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'oxc', 'vitest'],
  options: { typeAware: true },
  categories: { correctness: 'error', suspicious: 'error' },
  ignorePatterns: ['**/dist', '**/testdata'],
  rules: {
    eqeqeq: 'error',
    // Upstream's field names keep their spelling.
    'no-underscore-dangle': 'off',
    // A small function may stand beside its only use.
    'unicorn/consistent-function-scoping': 'off',
    curly: ['error', 'multi-line'],
    'prefer-const': 'error',
    'no-var': 'error',
    'max-depth': ['error', 5],
    'max-params': ['error', 6],
    'import/no-cycle': 'error',
    'typescript/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    'typescript/no-explicit-any': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': [
      'error',
      { considerDefaultExhaustiveForUnions: true },
    ],
    'unicorn/prefer-node-protocol': 'error',
    // Wrong for this code: tsc checks returns better, sorts in place are wanted in hot paths, and
    // workers are not windows.
    'typescript/consistent-return': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'unicorn/no-array-reverse': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/require-post-message-target-origin': 'off',
    'vitest/no-disabled-tests': 'off',
    // Tests call one check function of their kind, which does the expecting.
    'vitest/expect-expect': 'off',
  },
  overrides: [
    ...Object.keys(layers).map((name) => ({
      files: [`packages/${name}/src/**`],
      rules: {
        'no-restricted-imports': imports(name, io),
        'no-restricted-globals': ['error', 'Date', 'console', 'fetch', 'process'] as [
          'error',
          ...string[],
        ],
      },
    })),
    {
      // The rules of a type system refer to each other: identity to type sets and back, expressions
      // to types and back; so do the walks over statements, expressions and calls that follow them.
      // Nothing there runs at load time but constants made from leaves.
      files: [
        'packages/gc/src/types/**',
        'packages/gc/src/importer/{body-writer,write-*,writer}.ts',
        'packages/gc/src/ssa/build/{iface,compare}.ts',
        'packages/gc/src/target/amd64/{emit,emit-ops}.ts',
      ],
      rules: { 'import/no-cycle': 'off' },
    },
    {
      // Values and blocks print themselves.
      files: ['packages/gc/src/ssa/**'],
      rules: { 'typescript/restrict-template-expressions': 'off' },
    },
    ...Object.entries(impure).map(([name, files]) => ({
      files: [files],
      rules: { 'no-restricted-imports': imports(name), 'no-restricted-globals': 'off' as const },
    })),
  ],
});
