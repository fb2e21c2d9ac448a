import { type Edit, type Mutation, type Suite } from './mutation';

const racesOf = (tests: string): Suite => ({ file: 'test/proof/races/fakes.test.ts', tests });
const kills: Suite = { file: 'test/proof/kill-points/postgres.test.ts', tests: 'going forward' };

/** The password is sent as it is, and nothing asks whether it is a verifier. */
export const passwordInStatement: readonly Edit[] = [
  {
    file: 'adapters/postgres/set-role-password.ts',
    find: 'const verifier = await scramVerifier({ password: newPassword, iterations: iterationsFor(facts) });',
    replace:
      'const made = await scramVerifier({ password: newPassword, iterations: iterationsFor(facts) });\n  const verifier = made && newPassword.reveal();',
  },
  {
    file: 'adapters/postgres/postgres-statements.ts',
    find: "if (!isScramVerifier(verifier)) throw new TypeError('Not a SCRAM-SHA-256 verifier: it is not sent.');",
    replace: 'isScramVerifier(verifier);',
  },
];

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
    defect: 'finishSecret does not ask whether AWSPENDING is still its own',
    edits: [
      {
        file: 'rotation/steps/finish-secret.ts',
        find: " || holderOf(labels, 'AWSPENDING') !== clientRequestToken)",
        replace: ')',
      },
    ],
    suite: racesOf('AWSPENDING during'),
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
    isQuick: true,
  },
  {
    defect: 'an undo believes the current password while a change that was given up goes on',
    edits: [
      {
        file: 'rotation/strategies/single-user.ts',
        find: '{\n      await endStrays(input);',
        replace: '{',
      },
    ],
    suite: { file: 'test/proof/faults/fakes.test.ts', tests: 'single-user going back .* attempt was refused' },
    isQuick: true,
  },
  {
    defect: 'an undo gives up where somebody stores another value in the midst of it',
    edits: [
      {
        file: 'rotation/steps/restore-current.ts',
        find: 'return (await readCurrent(store, request.secretId)).versionId !== found.versionId;',
        replace: "return (await readCurrent(store, request.secretId)).versionId === '';",
      },
    ],
    suite: racesOf('stored by hand .*going back'),
  },
  {
    defect: 'strays are not ended before a change',
    edits: [
      {
        file: 'adapters/postgres/end-strays.ts',
        find: 'THEN pg_terminate_backend(stray.pid, ${endTimeoutMs}) ELSE false END AS ended',
        replace: 'THEN true ELSE false END AS ended',
      },
    ],
    suite: { file: 'test/adapters/postgres/late-changes.test.ts', tests: '' },
  },
  {
    defect: 'nothing ends or bounds a change that waits for a lock',
    edits: [
      {
        file: 'adapters/postgres/end-strays.ts',
        find: 'THEN pg_terminate_backend(stray.pid, ${endTimeoutMs}) ELSE false END AS ended',
        replace: 'THEN true ELSE false END AS ended',
      },
      {
        file: 'adapters/postgres/postgres-statements.ts',
        find: "setLocally('lock_timeout', String(lockTimeoutMs)),",
        replace: "setLocally('lock_timeout', '0'),",
      },
      {
        file: 'adapters/postgres/postgres-statements.ts',
        find: "setLocally('statement_timeout', String(statementTimeoutMs)),",
        replace: "setLocally('statement_timeout', '0'),",
      },
    ],
    suite: { file: 'test/failures/held-past-its-worker.test.ts', tests: 'PostgreSQL 18 .* is undone' },
  },
  {
    defect: 'a second request is let through the lock',
    edits: [
      {
        file: 'workflows/answer-messages.ts',
        find: 'if (request.requestId !== requestId) throw inProgress(timeline);',
        replace: "if (request.requestId === '') throw inProgress(timeline);",
      },
    ],
    suite: { file: 'test/proof/races/requests/requests.test.ts', tests: '' },
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
    defect: 'a step whose worker died is not tried again',
    edits: [
      {
        file: 'workflows/activity-options.ts',
        find: "retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '5 minutes' },",
        replace: 'retry: { maximumAttempts: 1 },',
      },
    ],
    suite: kills,
  },
  {
    defect: 'finishSecret takes the promotion by an attempt whose worker died for somebody else’s',
    edits: [
      {
        file: 'rotation/steps/finish-secret.ts',
        find: 'if (current !== clientRequestToken) {',
        replace: "if (current !== '') {",
      },
    ],
    suite: kills,
  },
  {
    defect: 'the password of an alternate user is set again though it works already',
    edits: [
      {
        file: 'adapters/postgres/postgres-engine.ts',
        find: 'if (await this.canSignIn(alternate)) return { changed };',
        replace: '',
      },
    ],
    suite: kills,
  },
  {
    defect: 'the password is in the statement of a whole rotation, and so in the log of the server',
    edits: passwordInStatement,
    suite: { file: 'test/end-to-end/server-logs.test.ts', tests: 'PostgreSQL 18 .* by each strategy' },
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
