import { waitUntil } from '../../../local/supervisor';
import {
  type Change,
  editSuperuser,
  type Failure,
  nothing,
  onlySingle,
  probe,
  replaceSuperuser,
  restoreSuperuser,
  run,
  type Scene,
  stall,
  statement,
  storePending,
} from './failure-scene';

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
    type: 'PasswordRejected',
    what: 'the server refuses the password',
    strategies: onlySingle,
    before: (scene) => storePending(scene, scene.username),
  },
];
