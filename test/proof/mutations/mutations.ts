/** A place in a source file, and what a careless hand makes of it. */
export interface Edit {
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** Tests that have to notice a defect. */
export interface Suite {
  readonly file: string;
  /** The tests of the file that are run: a regular expression for their full names. */
  readonly tests: string;
}

/** A deliberate defect. */
export interface Mutation {
  readonly defect: string;
  readonly edits: readonly Edit[];
  /** The tests that have to fail with it, and pass without. */
  readonly suite: Suite;
  /** Also tried in the short form. */
  readonly isQuick?: boolean;
}

const tableOf = (tests: string): Suite => ({ file: 'test/proof/state-table/fakes.test.ts', tests });
const racesOf = (tests: string): Suite => ({ file: 'test/proof/races/fakes.test.ts', tests });
const faultsOf = (tests: string): Suite => ({ file: 'test/proof/faults/fakes.test.ts', tests });

/** The deliberate defects, each in the code that keeps a promise, and the suite that keeps the code. */
export const mutations: readonly Mutation[] = [
  {
    defect: 'createSecret does not read back what the store has',
    edits: [
      {
        file: 'rotation/steps/create-secret.ts',
        find: 'assertOurs(await readBack(store, request), { request, current });',
        replace: '',
      },
    ],
    suite: { file: 'test/rotation/steps/create-secret.test.ts', tests: 'a race' },
    isQuick: true,
  },
  {
    defect: 'createSecret begins anew where a version is stored already',
    edits: [
      { file: 'rotation/steps/create-secret.ts', find: 'if (pending) {', replace: 'if (pending && labels.none) {' },
    ],
    suite: tableOf('promoted .*createSecret or setSecret'),
  },
  {
    defect: 'setSecret makes up a password instead of taking the stored one',
    edits: [
      {
        file: 'rotation/steps/set-secret.ts',
        find: "import { readCredentials } from './read-credentials';",
        replace: `import { generatePassword } from '../generate-password';
import { defaultPasswordPolicy } from '../password-policy';
import { readCredentials } from './read-credentials';`,
      },
      {
        file: 'rotation/steps/set-secret.ts',
        find: 'return strategy.setPending({ ...input, pending',
        replace:
          'return strategy.setPending({ ...input, pending: { ...pending, password: generatePassword(defaultPasswordPolicy()) }',
      },
    ],
    suite: faultsOf('single-user going forward .* fails after its effect'),
  },
  {
    defect: 'setSecret does not ask whether the pending credential signs in already',
    edits: [
      {
        file: 'rotation/strategies/single-user.ts',
        find: 'if (await engine.canSignIn(pending)) return { changed: false };',
        replace: '',
      },
    ],
    suite: faultsOf('single-user going forward .* fails after its effect'),
  },
  {
    defect: 'setSecret lets a tampered version steer it to another server',
    edits: [
      {
        file: 'rotation/steps/set-secret.ts',
        find: 'assertSameTarget({ current, pending }, strategy.pendingUsername(current));',
        replace: '',
      },
    ],
    suite: { file: 'test/rotation/steps/set-secret.test.ts', tests: '' },
    isQuick: true,
  },
  {
    defect: 'a second password is set without the first one being kept',
    edits: [{ file: 'rotation/strategies/multiple-credentials.ts', find: 'alsoKeep: current.password,', replace: '' }],
    suite: tableOf('promoted .*multiple-credentials'),
  },
  {
    defect: 'testSecret does not sign in',
    edits: [
      {
        file: 'rotation/steps/test-secret.ts',
        find: 'await input.engine.verifyCredential({ ...check, ...(probes ? { probes } : {}) });',
        replace: '',
      },
    ],
    suite: tableOf('undone .*testSecret'),
  },
  {
    defect: 'finishSecret moves AWSCURRENT from wherever it is',
    edits: [
      {
        file: 'rotation/steps/finish-secret.ts',
        find: "if (current !== currentVersionId || holderOf(labels, 'AWSPENDING') !== clientRequestToken)",
        replace: 'if (current === undefined)',
      },
      { file: 'rotation/steps/finish-secret.ts', find: 'from: currentVersionId,', replace: 'from: current,' },
    ],
    suite: tableOf('gives way'),
  },
  {
    defect: 'the store moves AWSCURRENT without the compare-and-swap',
    edits: [
      {
        file: 'adapters/secrets-manager/secrets-manager-store.ts',
        find: 'RemoveFromVersionId: from,',
        replace: `RemoveFromVersionId: Object.entries((await this.describe(secretId)).labels).find(([, held]) =>
        held.includes('AWSCURRENT'),
      )?.[0] ?? from,`,
      },
    ],
    suite: { file: 'test/adapters/secrets-manager/secret-store-contract.test.ts', tests: 'moveCurrent' },
  },
  {
    defect: 'a version that is stored already fails its rotation (ResourceExistsException)',
    edits: [
      {
        file: 'adapters/secrets-manager/secrets-manager-store.ts',
        find: "if (!hasCode(err, 'ResourceExistsException')) throw err;",
        replace: 'throw err;',
      },
    ],
    suite: { file: 'test/adapters/secrets-manager/secret-store-contract.test.ts', tests: 'putPending' },
  },
  {
    defect: 'the undo discards before it restores',
    edits: [
      {
        file: 'workflows/carry-out.ts',
        find: "undo.unshift(() => timeline.run('restoreCurrent'",
        replace: "undo.push(() => timeline.run('restoreCurrent'",
      },
    ],
    suite: tableOf('undone|gives way'),
  },
  {
    defect: 'the undo goes on after one that failed',
    edits: [
      {
        file: 'workflows/carry-out.ts',
        find: 'for (const revert of undo) await revert();',
        replace: 'for (const revert of undo) await revert().catch(() => undefined);',
      },
      {
        file: 'activities/create-activities.ts',
        find: 'restoreCurrent(stepDeps(signal), input), onlyWhenGone)',
        replace: 'restoreCurrent(stepDeps(signal), input))',
      },
    ],
    suite: tableOf('waits for a decision at restoreCurrent'),
  },
  {
    defect: 'discardPending does not sign in as current first',
    edits: [
      {
        file: 'rotation/steps/discard-pending.ts',
        find: 'if (!(await engineFor(current.engine, request.configuration.tls).canSignIn(current))) {',
        replace: "if (engineFor(current.engine, request.configuration.tls).name === '') {",
      },
    ],
    suite: tableOf('waits for a decision at discardPending'),
  },
  {
    defect: 'the superuser serves whoever names it (confused deputy)',
    edits: [
      {
        file: 'rotation/strategies/trusted-superuser.ts',
        find: 'const own = await inspect(input, { credential: provenBy, refused: nobodySignsIn(provenBy) });',
        replace: 'const own = await engine.inspect(admin);',
      },
    ],
    suite: tableOf('refused .*SignInRefused|waits'),
  },
  {
    defect: 'the superuser is used on another server than the secret’s',
    edits: [
      {
        file: 'rotation/strategies/trusted-superuser.ts',
        find: 'if (own.serverId === admins.serverId) return admin;',
        replace: 'if (own.serverId !== undefined) return admin;',
      },
    ],
    suite: { file: 'test/rotation/strategies/alternating-users.test.ts', tests: '' },
    isQuick: true,
  },
  {
    defect: 'an error may hold a password',
    edits: [{ file: 'rotation/redaction.ts', find: 'err.message = redact(err.message, secrets);', replace: '' }],
    suite: { file: 'test/rotation/redaction.test.ts', tests: '' },
  },
  {
    defect: 'the password is in the statement, and so in the log of the server',
    edits: [
      {
        file: 'adapters/postgres/set-role-password.ts',
        find: 'const verifier = await scramVerifier({ password: newPassword, iterations: iterationsFor(facts) });',
        replace: 'const verifier = newPassword.reveal();',
      },
    ],
    suite: { file: 'test/adapters/postgres/leaks.test.ts', tests: '' },
  },
  {
    defect: 'RETAIN CURRENT PASSWORD is run twice, which ends the password to keep',
    edits: [
      {
        file: 'adapters/mysql/mysql-engine.ts',
        find: 'if (await this.#isInUse({ ...user, password: newPassword })) {',
        replace: 'if (user.username === newPassword.reveal()) {',
      },
      {
        file: 'adapters/mysql/dual-password.ts',
        find: 'await session.change(makeFirstPassword(kept));',
        replace: 'makeFirstPassword(kept);',
      },
    ],
    suite: { file: 'test/adapters/mysql/contract.test.ts', tests: 'loses neither when it is repeated' },
  },
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
];
