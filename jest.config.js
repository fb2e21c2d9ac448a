/** @type {import('jest').Config} */
const shared = {
  rootDir: __dirname,
  testEnvironment: 'node',
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.rotor'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
};

/** Suites under these folders need no server, so they start at once. */
const pure = ['bench', 'rotation', 'house'];

/** Suites under these folders share a Temporal server, a PostgreSQL and a build; all others start what they need. */
const rotations = [
  'activities',
  'cli',
  'client',
  'end-to-end',
  'failures',
  'local/demo',
  'local/dev',
  'local/stack',
  'proof/kill-points',
  'proof/races/requests',
  'proof/random-kills',
  'proof/leaks',
  'proof/upgrade',
  'worker',
  'workflows',
];

const suitesBelow = (folders) => folders.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`);

module.exports = {
  maxWorkers: 2,
  testTimeout: 120_000,
  projects: [
    {
      ...shared,
      displayName: 'pure',
      testMatch: suitesBelow(pure),
    },
    {
      ...shared,
      displayName: 'rotations',
      testMatch: suitesBelow(rotations),
      globalSetup: '<rootDir>/test/support/global-setup.ts',
      globalTeardown: '<rootDir>/test/support/global-teardown.ts',
    },
    {
      ...shared,
      displayName: 'servers',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: [
        '/node_modules/',
        ...[...pure, ...rotations].map((folder) => `<rootDir>/test/${folder}/`),
      ],
    },
  ],
};
