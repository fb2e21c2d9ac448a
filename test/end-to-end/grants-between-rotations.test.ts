import { type UserAccount } from '../contracts/database-engine';
import { RotorUnderTest } from '../support/rotor-under-test';
import { describeWith } from '../support/servers/describe-on';
import { type StoredSecret } from '../support/stored-secret';
import { createRotatedUser, type RotatedUser } from '../support/targets/rotated-user';
import { targetKinds } from '../support/targets/target-kinds';
import { type RunStatement, type TargetServer } from '../support/targets/target-server';

const rounds = [1, 2, 3];

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker();
});

afterAll(() => rotor.close());

for (const { name, provision, actAsOwner } of targetKinds) {
  describeWith(`alternating users on ${name}`, { provision }, (start) => {
    let target: TargetServer;

    beforeAll(async () => {
      target = await start();
    });

    afterAll(() => target.stop());

    const place = (): Parameters<typeof createRotatedUser>[0] => ({ target, secretsManager: rotor.secretsManager });

    test('both use what either was granted or made, after each of three further rotations', async () => {
      const user = await createRotatedUser(place(), { strategy: 'alternating-users' });
      const { username } = await user.secret.account();
      await asSuperuser(target, target.rights.allowMaking(username));

      await expectShared(target, user);
    });

    if (actAsOwner) {
      test('both do so too where a role without sign-in owns for both', async () => {
        const user = await createRotatedUser(place(), { strategy: 'alternating-users' });
        const { username } = await user.secret.account();
        await asSuperuser(target, actAsOwner(username));
        await asSuperuser(target, target.rights.allowMaking(`owner_of_${username}`));

        await expectShared(target, user);
        await expectActing(target, { secret: user.secret, role: `owner_of_${username}` });
      });
    }
  });
}

/** Things that one of the users was granted or made, and how they are used. */
interface Thing {
  readonly id: string;
  readonly uses: readonly string[];
}

async function expectShared(target: TargetServer, user: RotatedUser): Promise<void> {
  const { rights } = target;
  const { username } = await user.secret.account();
  const things: Thing[] = [];
  await rotate(user);
  for (const round of rounds) {
    for (const [at, account] of (await bothUsers(user.secret)).entries()) {
      const id = `${username}_${round}_${at}`;
      await asSuperuser(target, rights.grant({ username: account.username, id }));
      await target.inSession(account, (run) => runAll(run, rights.make({ username, id })));
      things.push({ id, uses: [...rights.useGranted(id), ...rights.useMade({ username, id })] });
    }
    const before = { users: await bothUsers(user.secret), uses: things.flatMap((thing) => thing.uses) };
    expect((await refusedOf(target, before)).length).toBeGreaterThan(0); // else a rotation would prove nothing

    await rotate(user);

    for (const { id } of things) await asSuperuser(target, rights.makeLater(id, round));
    const uses = things.flatMap((thing) => [...thing.uses, ...rights.useLater(thing.id, round)]);
    expect(await refusedOf(target, { users: await bothUsers(user.secret), uses })).toEqual([]);
  }
  expect(things).toHaveLength(2 * rounds.length);
}

async function rotate({ secret, configuration }: RotatedUser): Promise<void> {
  await rotor.client.outcome(await rotor.client.rotateSecret({ secretId: secret.arn, configuration }));
}

/** The one that is current, and the one that was before it. */
async function bothUsers(secret: StoredSecret): Promise<UserAccount[]> {
  const labels = Object.entries(await secret.labels());
  const users = await Promise.all(labels.map(([versionId]) => secret.account(versionId)));
  expect(new Set(users.map(({ username }) => username)).size).toBe(2);
  return users.sort((one, other) => one.username.localeCompare(other.username));
}

async function refusedOf(
  target: TargetServer,
  { users, uses }: { users: readonly UserAccount[]; uses: readonly string[] },
): Promise<string[]> {
  const refused: string[] = [];
  for (const user of users) {
    await target.inSession(user, async (run) => {
      for (const use of uses)
        await run(use).catch((error: unknown) => refused.push(`${user.username}: ${use}: ${String(error)}`));
    });
  }
  return refused;
}

async function expectActing(
  target: TargetServer,
  { secret, role }: { secret: StoredSecret; role: string },
): Promise<void> {
  for (const user of await bothUsers(secret)) {
    const rows = await target.inSession(user, (run) => run('SELECT session_user AS session, current_user AS acting'));
    expect(rows).toEqual([{ session: user.username, acting: role }]);
  }
}

async function asSuperuser(target: TargetServer, statements: readonly string[]): Promise<void> {
  await target.inSession(target.superuser, (run) => runAll(run, statements));
}

async function runAll(run: RunStatement, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await run(statement);
}
