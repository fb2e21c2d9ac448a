import { type Mutation, type Suite } from './mutation';

const racesOf = (tests: string): Suite => ({ file: 'test/proof/races/fakes.test.ts', tests });

/** Defects that races, kills and leaks have to show. */
export const mutationsOfRaces: readonly Mutation[] = [
  {
    defect: 'finishSecret promotes over a value that somebody stored during the rotation',
    edits: [
      {
        file: 'rotation/steps/finish-secret.ts',
        find: "if (current !== currentVersionId || holderOf(labels, 'AWSPENDING') !== clientRequestToken)",
        replace: 'if (current === undefined)',
      },
      { file: 'rotation/steps/finish-secret.ts', find: 'from: currentVersionId,', replace: 'from: current,' },
    ],
    suite: racesOf('stored by hand'),
    isQuick: true,
  },
  {
    defect: 'finishSecret takes the promotion by another attempt for somebody else’s',
    edits: [
      {
        file: 'rotation/steps/finish-secret.ts',
        find: 'if (current !== clientRequestToken) {',
        replace: "if (current !== '') {",
      },
    ],
    suite: racesOf('two attempts .*finishSecret'),
  },
  {
    defect: 'a step is tried once, whatever dies meanwhile',
    edits: [
      {
        file: 'workflows/activity-options.ts',
        find: "retry: { initialInterval: '1 second',",
        replace: "retry: { maximumAttempts: 1, initialInterval: '1 second',",
      },
    ],
    suite: { file: 'test/proof/random-kills/random-kills.test.ts', tests: '' },
  },
  {
    defect: 'a step prints the password that it sets',
    edits: [
      {
        file: 'rotation/steps/set-secret.ts',
        find: 'return strategy.setPending({ ...input, pending',
        replace: 'console.error(pending.password.reveal());\n  return strategy.setPending({ ...input, pending',
      },
    ],
    suite: { file: 'test/proof/leaks/crash.test.ts', tests: 'SIGKILL .* single-user' },
  },
];
