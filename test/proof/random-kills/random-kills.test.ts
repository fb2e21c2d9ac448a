import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { RotatedApplication } from '../../support/rotated-application';
import { endCommands } from '../../support/rotor-command';
import { inParallel } from '../in-parallel';
import { isFull } from '../sample';
import { type CarriedOutKill, carryOutKills } from './carry-out-kills';
import { killSchedule, type Victim, victims } from './kill-schedule';
import { type MortalStack, startMortalStack } from './mortal-stack';
import { rotateThrough } from './rotate-through';

const seed = Number(process.env.ROTOR_SEED ?? randomInt(2 ** 31));
/** Each secret is rotated so often at least, and on until all kills are carried out. */
const size = isFull
  ? { secrets: 50, rounds: 20, kills: 100, longestPauseMs: 3_000 }
  : { secrets: 8, rounds: 3, kills: 10, longestPauseMs: 1_000 };
const limitMs = isFull ? 3_600_000 : 240_000;
/** A step that met several outages in a row waits up to five minutes before it is tried again. */
const rotationLimitMs = isFull ? 600_000 : 180_000;
const toldEvery = 100;
/** A call that is to be tried again is cancelled, but only when it has been. */
const cancelledWithinMs = 60_000;

interface Rotated {
  readonly application: RotatedApplication;
  /** In the order in which they were asked for. */
  readonly tokens: readonly string[];
  /** When the last rotation said that the next one is due. ISO 8601. */
  readonly nextRotation: string | undefined;
}

test('the same seed is the same schedule, which spares nobody', () => {
  const schedule = killSchedule(seed, size);

  expect(killSchedule(seed, size)).toEqual(schedule);
  expect(killSchedule(seed + 1, size)).not.toEqual(schedule);
  expect(new Set(schedule.flatMap((kill) => kill.victims))).toEqual(new Set(victims));
});

describe(`kill -9 at random, ROTOR_SEED=${seed}`, () => {
  let stack: MortalStack;
  let rotated: Rotated[];
  let kills: CarriedOutKill[];
  let done = { begun: 0, over: 0 };
  /** Once a rotation has failed, nothing else goes on. */
  const failed = new AbortController();

  /** Each rotation arms the Schedule, too. */
  async function createScheduled(): Promise<RotatedApplication> {
    const application = await RotatedApplication.create(stack);
    await stack.client.configure({ secretId: application.arn, rotationRules: { automaticallyAfterDays: 30 } });
    return application;
  }

  /** Rotates a secret again and again, as often as is due and as long as something is to be killed. */
  async function rotateAgainAndAgain(application: RotatedApplication, areKillsDone: () => boolean): Promise<Rotated> {
    const tokens: string[] = [];
    let nextRotation: string | undefined;
    while (tokens.length < size.rounds || !areKillsDone()) {
      const clientRequestToken = randomUUID();
      tokens.push(clientRequestToken);
      done.begun += 1;
      const rotation = { secretId: application.arn, clientRequestToken };
      nextRotation = await rotateThrough(stack.client, { rotation, limitMs: rotationLimitMs, signal: failed.signal });
      done.over += 1;
      if (done.over % toldEvery === 0) process.stderr.write(`${done.over} rotations\n`);
    }
    return { application, tokens, nextRotation };
  }

  beforeAll(async () => {
    stack = await startMortalStack();
    const applications = await inParallel(Array.from({ length: size.secrets }), () => createScheduled());
    const begun = performance.now();
    done = { begun: 0, over: 0 };
    let areKillsDone = false;
    const killing = carryOutKills(stack, {
      schedule: killSchedule(seed, size),
      underWay: () => done.begun - done.over,
      signal: failed.signal,
    }).finally(() => (areKillsDone = true));
    const rotating = applications.map((each) =>
      stack.untilAborted(failed.signal, () => rotateAgainAndAgain(each, () => areKillsDone)),
    );
    try {
      rotated = await Promise.all(rotating);
    } catch (err) {
      failed.abort();
      await killing;
      await Promise.race([Promise.allSettled(rotating), pause(cancelledWithinMs)]);
      throw err;
    }
    kills = await killing;
    const counts = victims.map((victim) => `${victim} ${killsOf(victim).length}`);
    const seconds = Math.round((performance.now() - begun) / 1_000);
    process.stderr.write(
      `ROTOR_SEED=${seed}: ${done.over} rotations of ${size.secrets} secrets, killed: ${counts.join(', ')}; ${seconds} s\n`,
    );
  }, limitMs);

  afterAll(async () => {
    await stack.close();
    await endCommands();
  });

  function killsOf(victim: Victim): readonly CarriedOutKill[] {
    return kills.filter((kill) => kill.victim === victim && kill.wasAlive);
  }

  async function ofEach<Fact>(look: (secret: Rotated) => Promise<Fact>): Promise<Fact[]> {
    return inParallel(rotated, look);
  }

  it('spares no process, and kills while rotations are under way', () => {
    expect(victims.filter((victim) => killsOf(victim).length === 0)).toEqual([]);
    expect(kills.filter(({ underWay }) => underWay === 0)).toEqual([]);
  });

  it('leaves no secret whose AWSCURRENT does not sign in, nor one whose password of before still does', async () => {
    const facts = await ofEach(async ({ application, tokens }) => ({
      current: await application.signsIn(),
      before: await application.signsIn(tokens.at(-2)),
    }));

    expect(facts).toEqual(rotated.map(() => ({ current: true, before: false })));
  });

  it('leaves no AWSPENDING but beside AWSCURRENT, and AWSCURRENT on what was asked for last', async () => {
    const labels = await ofEach(({ application }) => application.labels());

    expect(labels.map(withoutLegalPending)).toEqual(
      rotated.map(({ tokens }) => ({
        [String(tokens.at(-1))]: ['AWSCURRENT'],
        [String(tokens.at(-2))]: ['AWSPREVIOUS'],
      })),
    );
  });

  it('does each rotation that was asked for, once', async () => {
    const versions = await ofEach(({ application }) => application.versions());

    expect(versions.map((ids) => [...ids].sort())).toEqual(
      rotated.map(({ application, tokens }) => [application.firstVersion, ...tokens].sort()),
    );
  });

  it('leaves each Schedule set to the time that the last rotation counted out', async () => {
    const set = await ofEach(async ({ application }) => {
      return (await stack.client.describe(application.arn)).schedule?.nextRotation;
    });

    expect(set).toEqual(rotated.map(({ nextRotation }) => nextRotation ?? 'unknown'));
  });

  it('leaves no rotation under way, and none that waits for a person', async () => {
    const open: unknown[] = [];
    for (const { application } of rotated) {
      const { rotation } = await stack.client.describe(application.arn);
      if (rotation?.workflowStatus !== 'COMPLETED') open.push(rotation);
    }

    expect(open).toEqual([]);
  });
});

/** AWSPENDING beside AWSCURRENT is one of the two legal ends. */
function withoutLegalPending(labels: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(labels).map(([version, held]) => [
      version,
      held.filter((label) => label !== 'AWSPENDING' || !held.includes('AWSCURRENT')),
    ]),
  );
}
