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
    defect: 'the undo leaves the token open for an attempt that was given up',
    edits: [
      {
        file: 'workflows/carry-out.ts',
        find: 'if (!progress.mayBeSet && mayComeLate(failure)) progress.mayStillBeStored = true;',
        replace: '',
      },
    ],
    suite: racesOf('goes on when its rotation was given up'),
    isQuick: true,
  },
  {
    defect: 'the undo that comes too late to close the token overlooks the version under it',
    edits: [
      {
        file: 'rotation/steps/discard-pending.ts',
        find: "return (await store.closeToken(token)) ? 'closed' : 'taken';",
        replace: "await store.closeToken(token);\n    return 'closed';",
      },
    ],
    suite: racesOf('goes on when its rotation was given up'),
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
