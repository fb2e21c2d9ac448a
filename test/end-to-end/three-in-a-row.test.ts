import { type StrategyName, strategyNames } from '../../rotation/strategies/rotation-strategy';
import { type UserAccount } from '../contracts/database-engine';
import { Consumers } from '../support/consumers';
import { RotorUnderTest } from '../support/rotor-under-test';
import { describeWith } from '../support/servers/describe-on';
import { createRotatedUser, type RotatedUser } from '../support/targets/rotated-user';
import { type TargetKind, targetKinds } from '../support/targets/target-kinds';
import { type TargetServer } from '../support/targets/target-server';

/** What a strategy promises. */
interface Promises {
  /** The users that three rotations make current, by what is appended to the first one's name. */
  readonly suffixes: readonly [string, string, string];
  /** Whether the credential that was current before the last rotation works on, so that no consumer is ever refused. */
  readonly keepsPrevious: boolean;
}

const promises: Readonly<Record<StrategyName, Promises>> = {
  'single-user': { suffixes: ['', '', ''], keepsPrevious: false },
  'alternating-users': { suffixes: ['_clone', '', '_clone'], keepsPrevious: true },
  'multiple-credentials': { suffixes: ['', '', ''], keepsPrevious: true },
};

/** Far beyond what a rotation takes. */
const longestGapMs = 10_000;

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker();
});

afterAll(() => rotor.close());

for (const kind of targetKinds) {
  describeWith(`three rotations in a row on ${kind.name}`, { provision: kind.provision }, (start) => {
    let target: TargetServer;

    beforeAll(async () => {
      target = await start();
    });

    afterAll(() => target.stop());

    for (const strategy of strategyNames) {
      const { keepsPrevious } = promises[strategy];
      if (strategy === 'multiple-credentials' && !kind.hasSecondPasswords) {
        test(`${strategy} is refused before anything is stored`, () => expectRefusal({ target, kind, strategy }));
      } else {
        test(`${strategy} ${keepsPrevious ? 'fails no query' : 'refuses consumers for a moment'}`, () =>
          expectThree({ target, kind, strategy }));
      }
    }
  });
}

/** One of the cells. */
interface Cell {
  readonly target: TargetServer;
  readonly kind: TargetKind;
  readonly strategy: StrategyName;
}

function aUser({ target, strategy }: Cell): Promise<RotatedUser> {
  const by = strategy === 'single-user' ? 'itself' : target.superuser;
  return createRotatedUser({ target, secretsManager: rotor.secretsManager }, { strategy, by });
}

async function expectThree(cell: Cell): Promise<void> {
  const { target, kind, strategy } = cell;
  const { keepsPrevious } = promises[strategy];
  const user = await aUser(cell);
  const consumers = new Consumers({ target, table: user.table, readSecret: () => user.secret.account() });

  consumers.start();
  try {
    await rotateThree(cell, { user, consumers });
  } finally {
    await consumers.stop();
  }

  expect(consumers.failures).toEqual([]);
  expect(await rowsIn(target, user.table)).toBe(consumers.written);
  if (keepsPrevious) expect(consumers.gapsMs).toEqual([]);
  else expectGaps(kind, consumers.gapsMs);
}

/** Between two rotations each consumer is at work with what it read after the first of them. */
async function rotateThree(
  { target, strategy }: Cell,
  { user, consumers }: { user: RotatedUser; consumers: Consumers },
): Promise<void> {
  const { secret, configuration } = user;
  const { suffixes, keepsPrevious } = promises[strategy];
  const accounts = [await secret.account()];
  const versions = [secret.firstVersion];
  for (const suffix of suffixes) {
    await consumers.untilEachWrote();
    await consumers.renewPool();
    const rotation = await rotor.client.rotateSecret({ secretId: secret.arn, configuration });
    await rotor.client.outcome(rotation);

    const account = await secret.account();
    expect(account.username).toBe(`${accounts[0]?.username ?? ''}${suffix}`);
    expect(await secret.labels()).toEqual({
      [rotation.versionId]: ['AWSCURRENT'],
      [versions.at(-1) ?? '']: ['AWSPREVIOUS'],
    });
    accounts.push(account);
    versions.push(rotation.versionId);
    expect(await accepted(target, accounts)).toEqual(accounts.slice(keepsPrevious ? -2 : -1));
  }
  await consumers.untilEachWrote();
}

async function expectRefusal(cell: Cell): Promise<void> {
  const { secret, configuration } = await aUser(cell);

  const rotation = await rotor.client.rotateSecret({ secretId: secret.arn, configuration });

  await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'ConfigurationInvalid' });
  expect(await secret.versions()).toEqual([secret.firstVersion]);
  expect(await secret.labels()).toEqual({ [secret.firstVersion]: ['AWSCURRENT'] });
  expect(await cell.target.signsIn(await secret.account())).toBe(true);
}

async function accepted(target: TargetServer, accounts: readonly UserAccount[]): Promise<UserAccount[]> {
  const answers = await Promise.all(accounts.map((account) => target.signsIn(account)));
  return accounts.filter((_, at) => answers[at]);
}

async function rowsIn(target: TargetServer, table: string): Promise<number> {
  const [row] = await target.inSession(target.superuser, (run) => run(`SELECT count(*) AS found FROM ${table}`));
  return Number(row?.found);
}

function expectGaps({ name }: TargetKind, gapsMs: readonly number[]): void {
  const longest = Math.max(...gapsMs);
  process.stdout.write(`single-user on ${name}: no consumer was refused for longer than ${longest.toFixed()} ms\n`);
  expect(gapsMs.length).toBeGreaterThan(0);
  expect(longest).toBeLessThan(longestGapMs);
}
