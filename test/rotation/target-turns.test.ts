import { type DatabaseEngine } from '../../rotation/database-engine';
import { OutcomeUnknownError, RotationError, SignInRefusedError, TargetUnavailableError } from '../../rotation/errors';
import { Sensitive } from '../../rotation/sensitive';
import { TargetTurns, withTurns } from '../../rotation/target-turns';
import { connectionSecret } from '../support/secret-text';

const credential = connectionSecret({ host: 'db.internal', port: 5432 });
const change = { signInAs: credential, username: 'app', newPassword: new Sensitive('new') };
const pair = { superuser: credential, original: credential, alternate: credential };
const calls: Record<string, (engine: DatabaseEngine) => Promise<unknown>> = {
  canSignIn: (engine) => engine.canSignIn(credential),
  inspect: (engine) => engine.inspect(credential),
  changePassword: (engine) => engine.changePassword(change),
  matchUser: (engine) => engine.matchUser(pair),
  endStrays: (engine) => engine.endStrays({ signInAs: credential, username: 'app' }),
  verifyCredential: (engine) => engine.verifyCredential({ credential }),
};

let now: number;
let turns: TargetTurns;

beforeEach(() => {
  now = 1_000_000;
  turns = new TargetTurns(() => now);
});

/** An engine, all of whose members answer like this, and whether they were asked. */
function engineThat(answer: () => Promise<unknown>): { engine: DatabaseEngine; asked: () => number } {
  const member = jest.fn(answer) as jest.Mock;
  const members = { canSignIn: member, inspect: member, verifyCredential: member };
  const changing = { changePassword: member, matchUser: member, endStrays: member };
  const engine = withTurns({ name: 'postgres', validate: () => undefined, ...members, ...changing }, turns);
  return { engine, asked: () => member.mock.calls.length };
}

const answering = (): DatabaseEngine => engineThat(() => Promise.resolve(true)).engine;

function unavailable(): DatabaseEngine {
  const err = new TargetUnavailableError('db.internal:5432 does not answer.', { host: 'h' });
  return engineThat(() => Promise.reject(err)).engine;
}

async function failureOf(call: Promise<unknown>): Promise<RotationError> {
  const failure: unknown = await call.catch((err: unknown) => err);
  if (failure instanceof RotationError) return failure;
  throw new Error('nothing of the domain was thrown');
}

async function turnOf(call: Promise<unknown>): Promise<number> {
  const failure = await failureOf(call);
  return failure instanceof TargetUnavailableError ? failure.turnAfterMs : NaN;
}

/** An attempt on an unavailable target that waits for an answer until it is told to end. */
function waitingAttempt(): { failed: Promise<RotationError>; end: (err: Error) => void } {
  let end: (err: Error) => void = () => undefined;
  const { engine } = engineThat(() => new Promise((_resolve, reject) => (end = reject)));
  const failed = failureOf(engine.canSignIn(credential));
  return {
    failed,
    end: (err) => {
      end(err);
    },
  };
}

test('a target that answers is asked by all at the same time', async () => {
  let asked = 0;
  const together = engineThat(
    () =>
      new Promise((resolve) => {
        asked += 1;
        const all = setInterval(() => {
          if (asked < 3) return;
          clearInterval(all);
          resolve(true);
        }, 1);
      }),
  );

  const answers = await Promise.all([1, 2, 3].map(() => together.engine.canSignIn(credential)));

  expect(answers).toEqual([true, true, true]);
});

test('whoever fails first on a target has no turn to wait for', async () => {
  const failure = await failureOf(unavailable().canSignIn(credential));

  expect(failure).toMatchObject({ name: 'TargetUnavailable', turnAfterMs: 0, ids: { host: 'h' } });
  expect(failure.message).toBe('db.internal:5432 does not answer.');
});

test('those who fail together come back one after another, a fifth of a second apart', async () => {
  const told = await Promise.all([1, 2, 3, 4].map(() => turnOf(unavailable().canSignIn(credential))));

  expect(told).toEqual([0, 200, 400, 600]);
  now += 60_000;
  expect(await turnOf(unavailable().canSignIn(credential))).toBe(0);
});

test('nobody is told to wait for longer than five minutes', async () => {
  let longest = 0;
  for (let secret = 0; secret < 5_000; secret++) {
    longest = Math.max(longest, await turnOf(unavailable().canSignIn(credential)));
  }

  expect(longest).toBe(300_000);
});

test.each(Object.entries(calls))(
  'an unavailable target is not asked by %s while somebody waits for it',
  async (_, call) => {
    await failureOf(unavailable().canSignIn(credential));
    const first = waitingAttempt();
    const second = engineThat(() => Promise.resolve(true));

    const failure = await failureOf(call(second.engine));

    expect(second.asked()).toBe(0);
    expect(failure).toBeInstanceOf(TargetUnavailableError);
    expect(failure.message).toMatch(/^db\.internal:5432 has not answered lately/);
    expect(failure.ids).toMatchObject({ engine: 'postgres', host: 'db.internal', port: 5432, username: 'app' });
    first.end(new TargetUnavailableError('no answer'));
    await first.failed;
    await expect(call(second.engine)).resolves.toBe(true);
  },
);

test.each([
  { what: 'an answer that refuses', does: 'opens', err: new SignInRefusedError('no') },
  { what: 'a connection that is lost in a change', does: 'does not open', err: new OutcomeUnknownError('lost') },
  { what: 'no answer', does: 'does not open', err: new TargetUnavailableError('no answer') },
])('$what $does the target to all', async ({ err, does }) => {
  await failureOf(unavailable().canSignIn(credential));

  await failureOf(engineThat(() => Promise.reject(err)).engine.canSignIn(credential));

  expect(await isOpen()).toBe(does === 'opens');
});

test('an attempt that is aborted opens nothing, and leaves its place to the next', async () => {
  await failureOf(unavailable().canSignIn(credential));
  const aborted = engineThat(() => Promise.reject(new Error('aborted'))).engine;

  await expect(aborted.canSignIn(credential)).rejects.toThrow('aborted');

  expect(await isOpen()).toBe(false);
});

test('the first answer opens the target to all', async () => {
  await failureOf(unavailable().canSignIn(credential));

  await answering().canSignIn(credential);

  expect(await isOpen()).toBe(true);
});

test.each([{ host: 'other.internal' }, { port: 5433 }])('another target is asked all the same: %j', async (other) => {
  await failureOf(unavailable().canSignIn(credential));
  const first = waitingAttempt();

  await expect(answering().canSignIn({ ...credential, ...other })).resolves.toBe(true);

  first.end(new TargetUnavailableError('no answer'));
  await first.failed;
});

/** Whether two may ask the target at the same time. */
async function isOpen(): Promise<boolean> {
  const first = waitingAttempt();
  const second = engineThat(() => Promise.resolve(true));
  await second.engine.canSignIn(credential).catch(() => undefined);
  first.end(new TargetUnavailableError('no answer'));
  await first.failed;
  return second.asked() === 1;
}
