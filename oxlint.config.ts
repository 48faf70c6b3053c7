import { defineConfig } from 'oxlint';
import { aboveRooms, rooms } from './script/import-table.ts';

const everyPackage = Object.values(rooms).flatMap(({ packages = [] }) => packages);
const inFolder = (folder: string) => [`#${folder}/**`, `**/${folder}/**`];
const advice = 'see the import table in CONTRIBUTING.md.';

type Limits = { readonly may: readonly string[]; readonly types?: readonly string[]; readonly packages?: readonly string[] };

/** The patterns of what a room must not import. */
function forbiddenIn(name: string, { may, types = [], packages = [] }: Limits) {
  const others = [...Object.keys(rooms), ...aboveRooms].filter((room) => room !== name && !may.includes(room));
  const foreign = everyPackage.filter((one) => !packages.includes(one));
  const message = `The room ${name} may not import this: ${advice}`;
  return [
    { group: [...others.filter((room) => !types.includes(room)).flatMap(inFolder)], message },
    ...types.map((room) => ({ group: inFolder(room), allowTypeImports: true, message: `Types alone: ${advice}` })),
    { group: foreign.flatMap((one) => [one, `${one}/**`]), message: `The room ${name} may not use this package: ${advice}` },
  ];
}

type Patterns = ReturnType<typeof forbiddenIn>;
const override = (files: string, patterns: Patterns) => ({
  files: [files],
  rules: { 'no-restricted-imports': ['error', { patterns }] as ['error', { patterns: Patterns }] },
});

/** The engine runs alone too: it needs nothing but Node.js and itself, by relative paths. What one group lets through, others cannot refuse. */
const aloneBut = (near: readonly string[]) => ({
  group: ['*', '!node:*', '!./*', ...near.map((one) => `!${one}`)],
  message: `The SIP engine needs Node.js alone: ${advice}`,
});

const roomRows = Object.entries(rooms).flatMap(([name, { rooms: may, types = [], packages = [], floors = {} }]) => {
  const base = forbiddenIn(name, { may, types, packages });
  const alone = (near: readonly string[]) => (name === 'sip-engine' ? [aloneBut(near)] : []);
  const floorRow = ([floor, below]: [string, readonly string[]]) => {
    const above = Object.keys(floors).filter((one) => one !== floor && !below.includes(one));
    const group = [...above.flatMap((one) => [`#${name}/${one}/**`, `../${one}/**`]), `#${name}/*.ts`, '../*.ts'];
    const upward = { group, message: `The floor ${name}/${floor} may not import this: ${advice}` };
    return override(`src/${name}/${floor}/**/*.ts`, [...base, ...alone(below.map((one) => `../${one}/*`)), upward]);
  };
  const inside = Object.keys(floors).map((floor) => `./${floor}/*`);
  return [override(`src/${name}/**/*.ts`, [...base, ...alone(inside)]), ...Object.entries(floors).map(floorRow)];
});

/** The panel runs in browsers: of the house it knows what is promised to the outside. */
const panelRow = override('panel/src/**/*.ts', [
  {
    group: ['#*/**', '!#contract/**', '**/src/**', 'node:*', ...everyPackage.flatMap((one) => [one, `${one}/**`])],
    message: `The panel may import the contract alone: ${advice}`,
  },
]);

const ownClock = { message: 'Take the clock that is handed in (base/clock.ts).' };

export default defineConfig({
  plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'node', 'promise'],
  categories: { correctness: 'error' },
  options: { typeAware: true },
  rules: {
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'import/no-default-export': 'error',
    'no-console': 'error',
    eqeqeq: 'error',
    'prefer-const': 'error',
    'no-var': 'error',
    'max-lines': ['error', { max: 500, skipBlankLines: false, skipComments: false }],
    'max-params': ['error', { max: 3 }],
    'node/no-process-env': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/restrict-template-expressions': 'off',
    'typescript/unbound-method': 'off',
    'unicorn/no-thenable': 'off',
    'unicorn/no-useless-spread': 'off',
    'no-restricted-globals': ['error', { name: 'setTimeout', ...ownClock }, { name: 'setInterval', ...ownClock }],
    'no-restricted-properties': ['error', { object: 'Date', property: 'now', ...ownClock }],
  },
  overrides: [
    ...roomRows,
    panelRow,
    {
      files: ['src/base/clock.ts', 'src/sip-engine/runtime/system-clock.ts', 'panel/src/clock.ts', 'panel/src/worker/clock.ts'],
      rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off' },
    },
    // All words of one language, key by key: nobody reads them from one end to the other.
    { files: ['panel/src/strings/*.ts'], rules: { 'max-lines': 'off' } },
    { files: ['src/options/options.ts'], rules: { 'node/no-process-env': 'off' } },
    {
      files: [
        'src/**/*.test.ts',
        'panel/src/**/*.test.ts',
        'src/testing/**',
        'bench/**',
        'script/**',
        'panel/build/**',
        'panel/vite.config.ts',
      ],
      rules: {
        'no-restricted-imports': 'off',
        'max-lines': 'off',
        'max-params': 'off',
        'typescript/no-non-null-assertion': 'off',
        'no-restricted-globals': 'off',
        'no-restricted-properties': 'off',
        'node/no-process-env': 'off',
        'no-console': 'off',
      },
    },
    // A language is one list of words, however long.
    { files: ['panel/src/strings/*.ts'], rules: { 'max-lines': 'off' } },
    {
      files: ['*.config.ts', 'panel/vite.config.ts', 'script/summary-reporter.ts'],
      rules: { 'import/no-default-export': 'off' },
    },
  ],
  ignorePatterns: ['node_modules', 'panel/dist*'],
});
