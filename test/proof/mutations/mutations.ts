import { type Mutation, type Suite } from './mutation';
import { mutationsOfRaces, passwordInStatement } from './mutations-of-races';

const tableOf = (tests: string): Suite => ({ file: 'test/proof/state-table/fakes.test.ts', tests });
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
        find: 'if (!isCurrent && (await engine.canSignIn(pending))) return { changed: false };',
        replace: '',
      },
      {
        file: 'rotation/strategies/single-user.ts',
        find: 'if (refusal && !(await engine.canSignIn(pending))) throw refusal;',
        replace: 'if (refusal) throw refusal;',
      },
    ],
    suite: faultsOf('single-user going forward .* fails after its effect'),
    isQuick: true,
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
        find: '  await restore();\n  try {\n    await discard();',
        replace: '  await discard();\n  try {\n    await restore();',
      },
    ],
    suite: tableOf('undone|gives way'),
    isQuick: true,
  },
  {
    defect: 'discardPending does not sign in as current first',
    edits: [
      {
        file: 'rotation/steps/discard-pending.ts',
        find: 'if (await engineFor(current.engine, configuration.tls).canSignIn(current)) return;',
        replace: "if (engineFor(current.engine, configuration.tls).name !== '') return;",
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
    isQuick: true,
  },
  {
    defect: 'the password is in the statement, and so in the log of the server',
    edits: passwordInStatement,
    suite: { file: 'test/adapters/postgres/leaks.test.ts', tests: '' },
  },
  {
    defect: 'RETAIN CURRENT PASSWORD is run twice, which ends the password to keep',
    edits: [
      {
        file: 'adapters/mysql/mysql-dialect.ts',
        find: 'mayRepeatTwo: false',
        replace: 'mayRepeatTwo: true',
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
    defect: 'a rotation has a step more than those that are under way',
    edits: [
      {
        file: 'workflows/carry-out.ts',
        find: 'progress.tested = true;',
        replace: "await timeline.run('takeStock', () => activities.takeStock(request));\n  progress.tested = true;",
      },
    ],
    suite: { file: 'test/proof/replay/recorded.test.ts', tests: 'rotated.json' },
    isQuick: true,
  },
  ...mutationsOfRaces,
];
