import { waitUntil } from '../../../local/supervisor';
import { type StrategyName } from '../../../rotation/strategies/rotation-strategy';
import {
  type Change,
  editSuperuser,
  fail,
  type Failure,
  malform,
  page,
  refuse,
  replaceSuperuser,
  restoreSuperuser,
  run,
  type Scene,
  scheduleDeletion,
  stall,
  statement,
  storePending,
  truncate,
} from './failure-scene';

const onlySingle: readonly StrategyName[] = ['single-user'];
const probe = (read: (scene: Scene) => string): NonNullable<Failure['configuration']> => {
  return (scene) => ({ probes: { read: [read(scene)] } });
};

const notes = (name: string): string => `notes_of_${name}`;

/** A table whose texts are secret, and are no numbers. */
async function createNotes(scene: Scene): Promise<void> {
  const table = notes(scene.username);
  await run(scene, [
    `CREATE TABLE ${table} AS SELECT '${scene.newNote()}' AS note`,
    `GRANT SELECT ON ${table} TO ${scene.username}`,
  ]);
}

/** The user that a rotation changes, which is there from now on. */
async function changedUser({ logged: { target }, user, username, newPassword }: Scene): Promise<string> {
  if (user.configuration.strategy !== 'alternating-users') return username;
  const clone = `${username}_clone`;
  await target.createApplication({ username: clone, password: newPassword(), table: `of_${clone}` });
  return clone;
}

const stalled: Change = async (scene) => stall(scene, await changedUser(scene));

/** Ends the session that waits to change the user, as soon as there is one. */
const stalledAndKilled: Change = async (scene) => {
  const name = await changedUser(scene);
  await stall(scene, name);
  const { target } = scene.logged;
  const waiting = `wait_event_type = 'Lock' AND query LIKE '%ALTER ROLE%"${name}"%'`;
  const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${waiting}`;
  const killed = async (): Promise<boolean> =>
    (await target.inSession(target.superuser, (runOne) => runOne(kill))).length > 0;
  void waitUntil(killed, { limitMs: 30_000, everyMs: 100 });
};

async function release({ releases }: Scene): Promise<void> {
  for (const letGo of releases.splice(0)) letGo();
  await nothing();
}

const changedByHand: Change = ({ logged, username, newPassword }) =>
  logged.target.setPassword({ username, password: newPassword() });

const malformed: Failure[] = [
  { what: 'ends too early', spoil: (text: string) => text.slice(0, -1) },
  { what: 'has a comma too many', spoil: (text: string) => text.replace(/}$/, ',}') },
  {
    what: 'has a quotation mark in the password',
    spoil: (text: string, password: string) => text.replace(password, `${password}"x`),
  },
  {
    what: 'has two passwords',
    spoil: (text: string, password: string) => text.replace(/}$/, `,"password":"${password}"}`),
  },
  {
    what: 'has a list as its password',
    spoil: (text: string, password: string) => text.replace(`"${password}"`, `["${password}"]`),
  },
  { what: 'is the bare password', spoil: (_text: string, password: string) => password },
].map(({ what, spoil }) => ({
  type: 'MalformedSecret',
  what: `the secret ${what}`,
  strategies: onlySingle,
  before: malform(spoil),
}));

const ofSuperusers: Failure[] = [
  {
    type: 'SignInRefused',
    what: 'the superuser is refused',
    happens: editSuperuser((scene) => ({ password: scene.newPassword() })),
  },
  { type: 'TlsFailed', what: 'the server has no TLS for the superuser', happens: editSuperuser(() => ({ ssl: true })) },
  {
    type: 'MalformedSecret',
    what: "the superuser's secret cannot be read",
    happens: ({ superuser, newPassword }) => superuser.put(`{"password":"${newPassword()}",`),
  },
  {
    type: 'StoreRequestRefused',
    what: "the superuser's secret is to be deleted",
    happens: scheduleDeletion(({ superuser }) => superuser),
  },
  {
    type: 'PermissionMissing',
    what: 'the superuser may not change others',
    happens: (scene) => replaceSuperuser(scene, () => []),
  },
  {
    type: 'TargetUnavailable',
    what: 'nobody listens for the superuser',
    happens: editSuperuser(({ unusedPort }) => ({ port: unusedPort })),
    mend: restoreSuperuser,
  },
];

const ofStores: Failure[] = [
  { type: 'StoreAccessDenied', what: 'the store denies what it did', answer: refuse('AccessDeniedException') },
  { type: 'StoreRequestRefused', what: 'the store refuses what it did', answer: refuse('ValidationException') },
  {
    type: 'SecretNotFound',
    what: 'the store knows the secret no more',
    answer: refuse('ResourceNotFoundException'),
  },
  {
    type: 'StoreThrottled',
    what: 'the store is throttled',
    answer: fail({ status: 400, error: 'ThrottlingException' }),
    mend: nothing,
  },
  {
    type: 'StoreUnavailable',
    what: 'the store fails',
    answer: fail({ status: 500, error: 'InternalServiceError' }),
    mend: nothing,
  },
  { type: 'StoreUnavailable', what: 'a value ends in its middle', answer: truncate, mend: nothing },
  { type: 'StoreUnavailable', what: 'a proxy answers for the store', answer: page, mend: nothing },
];

const deleted = scheduleDeletion(({ user }) => user.secret);

/** What can be provoked on every server. */
export const commonFailures: readonly Failure[] = [
  ...malformed,
  ...ofSuperusers,
  ...ofStores,
  {
    type: 'SignInRefused',
    what: 'the password is changed by hand',
    happens: changedByHand,
  },
  {
    type: 'AccountBlocked',
    what: 'the user is blocked',
    happens: (scene) => run(scene, [scene.logged.target.block(scene.username)]),
  },
  {
    type: 'PermissionMissing',
    what: 'a table is not granted',
    configuration: probe(() => 'SELECT n FROM not_granted'),
  },
  {
    type: 'ConfigurationInvalid',
    what: 'a probe makes no sense',
    configuration: probe(() => 'SELEKT n FROM not_granted'),
  },
  { type: 'SecretNotRotatable', what: 'the secret is to be deleted', before: deleted },
  { type: 'StoreRequestRefused', what: 'the secret is deleted in between', happens: deleted },
  {
    type: 'RotationSuperseded',
    what: 'somebody stores another password',
    happens: async ({ user: { secret }, newPassword }) =>
      secret.put(JSON.stringify({ ...(await secret.value()), password: newPassword() })),
  },
];

/** What can be provoked on PostgreSQL only. */
export const postgresFailures: readonly Failure[] = [
  {
    type: 'WrongTarget',
    what: 'the superuser is one of another server',
    happens: editSuperuser(({ elsewhere }) => elsewhere),
  },
  {
    type: 'CannotVerify',
    what: 'passwords are not asked for',
    happens: statement((name) => `GRANT trusted TO ${name}`),
  },
  {
    type: 'TargetMisconfigured',
    what: 'the user signs in by IAM',
    happens: statement((name) => `GRANT rds_iam TO ${name}`),
  },
  {
    type: 'TargetReadOnly',
    what: 'the superuser only reads',
    happens: (scene) =>
      replaceSuperuser(scene, (name) => [
        `ALTER ROLE ${name} SUPERUSER`,
        `ALTER ROLE ${name} SET default_transaction_read_only = on`,
      ]),
    mend: restoreSuperuser,
  },
  {
    type: 'ConfigurationInvalid',
    what: 'a table is not there',
    configuration: probe(() => 'SELECT n FROM no_such_table'),
  },
  {
    type: 'ConfigurationInvalid',
    what: 'a probe fails by what it reads',
    before: createNotes,
    configuration: probe(({ username }) => `SELECT note::integer FROM ${notes(username)}`),
  },
  { type: 'TargetConflict', what: 'somebody else changes the user', happens: stalled, mend: release },
  { type: 'OutcomeUnknown', what: 'the change is killed', happens: stalledAndKilled, mend: release },
  {
    type: 'OutcomeUnknown',
    what: 'the change by the user itself is killed',
    strategies: onlySingle,
    by: 'itself',
    happens: stalledAndKilled,
    mend: release,
  },
  {
    type: 'SignInRefused',
    what: 'the password of a user that changes it itself is changed by hand',
    strategies: onlySingle,
    by: 'itself',
    happens: changedByHand,
  },
  {
    type: 'PasswordRejected',
    what: 'the server refuses the password',
    strategies: onlySingle,
    before: (scene) => storePending(scene, scene.username),
  },
];

async function nothing(): Promise<void> {
  await Promise.resolve();
}
