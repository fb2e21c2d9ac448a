import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { RotationFailedError } from '../../client';
import { waitUntil } from '../../local/supervisor';
import { rotationId } from '../../rotation/rotation-id';
import { type StrategyName, strategyNames } from '../../rotation/strategies/rotation-strategy';
import { type UserAccount } from '../contracts/database-engine';
import { ActivitySampler } from '../support/activity-sampler';
import { type Canary, findLeaks } from '../support/leak-scanner';
import { endCommands, RotorCommand } from '../support/rotor-command';
import { readTraces } from '../support/rotor-traces';
import { RotorUnderTest } from '../support/rotor-under-test';
import { describeWith } from '../support/servers/describe-on';
import { type LoggedKind, type LoggedServer, loggedKinds } from '../support/targets/logged-server';
import { createRotatedUser, type RotatedUser } from '../support/targets/rotated-user';

/** What nothing can be planted in: it is encrypted, or shows no statement or input of anybody. */
const unplanted = ['error log', "Temporal's log", "the endpoint's journal", "the worker's output"];

let secretsFolder: string;
let rotor: RotorUnderTest;
let worker: RotorCommand;

beforeAll(async () => {
  secretsFolder = await mkdtemp(path.join(tmpdir(), 'rotor-secrets-'));
  rotor = await RotorUnderTest.start({ secretsFolder });
  worker = new RotorCommand(['worker'], { env: rotor.environment });
  await worker.untilPrinted('worker polls');
});

afterAll(async () => {
  await endCommands();
  await rotor.close();
  await rm(secretsFolder, { recursive: true, force: true });
});

for (const kind of loggedKinds) {
  describeWith(`on ${kind.name} no password is found in any log`, { provision: kind.provision }, (start) => {
    describeSearch(kind, start);
  });
}

function describeSearch({ policy }: LoggedKind, start: () => Promise<LoggedServer>): void {
  let logged: LoggedServer;
  let sampler: ActivitySampler;
  const rotated: RotatedUser[] = [];
  const onlooker = { username: 'onlooker', password: randomBytes(24).toString('base64url') };

  beforeAll(async () => {
    logged = await start();
    sampler = new ActivitySampler(logged);
    sampler.start();
  });

  afterAll(async () => {
    await sampler.stop();
    await logged.target.stop();
  });

  test('after three rotations by each strategy', async () => {
    const possible = strategyNames.filter((name) => name !== 'multiple-credentials' || logged.hasSecondPasswords);
    for (const strategy of possible) {
      const user = await aUser(strategy);
      for (let turn = 1; turn <= 3; turn++) await rotate(user);
      expect(await user.secret.versions()).toHaveLength(4);
    }

    await expectNothingFound();
  });

  test('after three rotations by a user that changes its own password', async () => {
    const user = await aUser('single-user', 'itself');

    for (let turn = 1; turn <= 3; turn++) await rotate(user);
    expect(await user.secret.versions()).toHaveLength(4);

    await expectNothingFound();
  });

  test('after a statement for which the permission is missing', async () => {
    await logged.createOnlooker(onlooker);
    const user = await aUser('single-user', onlooker);

    await expect(rotate(user)).rejects.toMatchObject({ type: 'PermissionMissing' });

    await expectNothingFound();
  });

  describeWith('a policy', { provision: policy }, ({ install, uninstall, refusedFor, outcomes, refusal }) => {
    test('has judged what Rotor sent', async () => {
      const user = await aUser('single-user');
      const { username } = await user.secret.account();
      await asSuperuser(install);
      try {
        const token = refusedFor && (await storePending(user, refusedFor(username)));
        const outcome = await rotate(user, token).catch((error: unknown) => error);
        expect(outcomes).toContain(outcome instanceof RotationFailedError ? outcome.type : outcome);
      } finally {
        await asSuperuser(uninstall);
      }
      if (refusal) expect((await logged.read())[refusal.place]).toContain(refusal.text);

      await expectNothingFound();
    });
  });

  test('after a statement that was killed in the middle', async () => {
    const user = await aUser('single-user');
    const { username } = await user.secret.account();
    const { target } = logged;
    const { rotation } = await target.inSession(target.superuser, async (run) => {
      for (const statement of logged.stall(username)) await run(statement);
      const under = { rotation: rotate(user) };
      const session = await sessionThatWaits();
      await sampler.untilSeen(new RegExp(`ALTER (ROLE|USER) ["'\`]${username}["'\`]`));
      await asSuperuser([logged.kill(session)]);
      return under;
    });

    await rotation;

    await expectNothingFound();
  });

  test('while one that is planted is found', async () => {
    const value = `planted+${randomBytes(12).toString('base64')}`;
    const workflowId = await plantInRotor(value);
    const { target } = logged;
    const places = await target.inSession(target.superuser, async (run) => {
      for (const statement of logged.plant(value)) await run(statement);
      await sampler.untilSeen(/planted\+/);
      return readAll([workflowId]);
    });

    const found = Object.entries(places).filter(
      ([, content]) => findLeaks(content, [{ name: 'it', value }]).length > 0,
    );

    const plantedIn = Object.keys(places).filter((place) => !unplanted.includes(place));
    expect(found.map(([place]) => place)).toEqual(plantedIn);
  });

  async function aUser(strategy: StrategyName, by?: UserAccount | 'itself'): Promise<RotatedUser> {
    const place = { target: logged.target, secretsManager: rotor.secretsManager };
    const user = await createRotatedUser(place, { strategy, ...(by ? { by } : {}) });
    rotated.push(user);
    return user;
  }

  async function asSuperuser(statements: readonly string[]): Promise<void> {
    const { target } = logged;
    await target.inSession(target.superuser, async (run) => {
      for (const statement of statements) await run(statement);
    });
  }

  async function sessionThatWaits(): Promise<number> {
    const { target } = logged;
    const ids: number[] = [];
    const isFound = async (): Promise<boolean> => {
      const rows = await target.inSession(target.superuser, (run) => run(logged.stalled));
      ids.push(...rows.map(({ id }) => Number(id)));
      return ids.length > 0;
    };
    expect(await waitUntil(isFound, { limitMs: 30_000 })).toBe(true);
    return ids[0] ?? NaN;
  }

  async function readAll(workflowIds: readonly string[]): Promise<Record<string, string | Buffer>> {
    const traces = await readTraces({ rotor, worker, secretsFolder, workflowIds });
    return { ...(await logged.read()), ...sampler.read(), ...traces };
  }

  async function expectNothingFound(): Promise<void> {
    const places = await readAll(rotated.map(({ secret }) => rotationId(secret.arn)));
    const accounts = [logged.target.superuser, onlooker, ...(await accountsOf(rotated))];
    const canaries = accounts.map(({ username, password }): Canary => ({ name: `of ${username}`, value: password }));

    expect(Object.entries(places).filter(([, content]) => content.length === 0)).toEqual([]);
    const leaks = Object.entries(places).map(([place, content]) => [place, findLeaks(content, canaries)]);
    expect(leaks).toEqual(Object.keys(places).map((place) => [place, []]));
  }
}

/** All that the secrets ever held, but for a password that is no secret because it is the user's name. */
async function accountsOf(users: readonly RotatedUser[]): Promise<UserAccount[]> {
  const accounts: UserAccount[] = [];
  for (const { secret } of users) {
    for (const versionId of await secret.versions()) accounts.push(await secret.account(versionId));
  }
  return accounts.filter(({ username, password }) => username !== password);
}

async function rotate({ secret, configuration }: RotatedUser, token?: string): Promise<string> {
  const request = {
    secretId: secret.arn,
    configuration,
    ...(token === undefined ? {} : { clientRequestToken: token }),
  };
  return (await rotor.client.outcome(await rotor.client.rotateSecret(request))).outcome;
}

/** Stores the version of a rotation that has not begun, as if an earlier attempt had done so. */
async function storePending({ secret }: RotatedUser, password: string): Promise<string> {
  const token = randomUUID();
  const command = new PutSecretValueCommand({
    SecretId: secret.arn,
    ClientRequestToken: token,
    SecretString: JSON.stringify({ ...(await secret.value()), password }),
    VersionStages: ['AWSPENDING'],
  });
  await rotor.secretsManager.send(command);
  return token;
}

/** Leaves a value in a history that nobody works on, and in the endpoint's log. */
async function plantInRotor(value: string): Promise<string> {
  const workflowId = `planted-${randomUUID()}`;
  const taskQueue = `nobody-${randomUUID()}`;
  const handle = await rotor.temporal.workflow.start('rotateSecret', { workflowId, taskQueue, args: [{ value }] });
  await handle.terminate();
  await expect(rotor.secretsManager.send(new GetSecretValueCommand({ SecretId: value }))).rejects.toThrow();
  return workflowId;
}
