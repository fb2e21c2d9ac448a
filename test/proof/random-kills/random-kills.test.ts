import { randomInt, randomUUID } from 'node:crypto';
import { RotatedApplication } from '../../support/rotated-application';
import { endCommands } from '../../support/rotor-command';
import { inParallel } from '../in-parallel';
import { isFull } from '../sample';
import { carryOutKills } from './carry-out-kills';
import { killSchedule, victims } from './kill-schedule';
import { type MortalStack, startMortalStack } from './mortal-stack';
import { rotateThrough } from './rotate-through';

const seed = Number(process.env.ROTOR_SEED ?? randomInt(2 ** 31));
const size = isFull
  ? { secrets: 50, rounds: 20, kills: 100, longestPauseMs: 3_000 }
  : { secrets: 8, rounds: 3, kills: 10, longestPauseMs: 1_000 };
const rotations = size.secrets * size.rounds;
const density = { ...size, rotations };
const limitMs = isFull ? 3_600_000 : 240_000;
/** A step that met several outages in a row waits up to five minutes before it is tried again. */
const rotationLimitMs = isFull ? 600_000 : 180_000;
const toldEvery = 100;

interface Rotated {
  readonly application: RotatedApplication;
  /** In the order in which they were asked for. */
  readonly tokens: readonly string[];
}

test('the same seed is the same schedule, which spares nobody', () => {
  const schedule = killSchedule(seed, density);

  expect(killSchedule(seed, density)).toEqual(schedule);
  expect(killSchedule(seed + 1, density)).not.toEqual(schedule);
  expect(new Set(schedule.flatMap((kill) => kill.victims))).toEqual(new Set(victims));
});

describe(`kill -9 at random, ROTOR_SEED=${seed}`, () => {
  let stack: MortalStack;
  let rotated: Rotated[];
  /** Once a rotation has failed, nothing else goes on. */
  const failed = new AbortController();

  /** Rotates a secret again and again; all rotations of all secrets that are over are counted. */
  async function rotateAgainAndAgain(application: RotatedApplication, onOver: () => void): Promise<Rotated> {
    const tokens = Array.from({ length: size.rounds }, () => randomUUID());
    for (const clientRequestToken of tokens) {
      const rotation = { secretId: application.arn, clientRequestToken };
      await rotateThrough(stack.client, { rotation, limitMs: rotationLimitMs, signal: failed.signal });
      onOver();
    }
    return { application, tokens };
  }

  beforeAll(async () => {
    stack = await startMortalStack();
    const applications = await inParallel(Array.from({ length: size.secrets }), () => RotatedApplication.create(stack));
    const begun = performance.now();
    let over = 0;
    const schedule = killSchedule(seed, density);
    const kills = carryOutKills(stack, { schedule, over: () => over, signal: failed.signal });
    const onOver = (): void => {
      over += 1;
      if (over % toldEvery === 0) process.stderr.write(`${over} of ${rotations} rotations\n`);
    };
    try {
      rotated = await Promise.all(applications.map((each) => rotateAgainAndAgain(each, onOver)));
    } catch (err) {
      failed.abort();
      throw err;
    } finally {
      await kills;
    }
    const killed = schedule.flatMap((kill) => kill.victims);
    const counts = victims.map((victim) => `${victim} ${killed.filter((name) => name === victim).length}`);
    const seconds = Math.round((performance.now() - begun) / 1_000);
    process.stderr.write(
      `ROTOR_SEED=${seed}: ${over} rotations of ${size.secrets} secrets, killed: ${counts.join(', ')}; ${seconds} s\n`,
    );
  }, limitMs);

  afterAll(async () => {
    await stack.close();
    await endCommands();
  });

  async function ofEach<Fact>(look: (secret: Rotated) => Promise<Fact>): Promise<Fact[]> {
    return inParallel(rotated, look);
  }

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
