import { CircuitBreaker, withCircuitBreaker } from '../../rotation/circuit-breaker';
import { type DatabaseEngine } from '../../rotation/database-engine';
import {
  MalformedSecretError,
  OutcomeUnknownError,
  RotationError,
  SignInRefusedError,
  TargetSilentError,
  TargetUnavailableError,
} from '../../rotation/errors';
import { Sensitive } from '../../rotation/sensitive';
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
let breaker: CircuitBreaker;

beforeEach(() => {
  now = 1_000_000;
  breaker = new CircuitBreaker(() => now);
});

/** An engine, all of whose members answer like this, and how often they were asked. */
function engineThat(answer: () => Promise<unknown>): { engine: DatabaseEngine; asked: () => number } {
  const member = jest.fn(answer) as jest.Mock;
  const members = { canSignIn: member, inspect: member, verifyCredential: member };
  const changing = { changePassword: member, matchUser: member, endStrays: member };
  const inner = { name: 'postgres', validate: () => undefined, ...members, ...changing };
  return { engine: withCircuitBreaker(() => inner, breaker)('postgres'), asked: () => member.mock.calls.length };
}

const answering = (): DatabaseEngine => engineThat(() => Promise.resolve(true)).engine;

function silent(): DatabaseEngine {
  const err = new TargetSilentError('db.internal:5432 did not answer in time.', { host: 'h' });
  return engineThat(() => Promise.reject(err)).engine;
}

async function failureOf(call: Promise<unknown>): Promise<RotationError> {
  const failure: unknown = await call.catch((err: unknown) => err);
  if (failure instanceof RotationError) return failure;
  throw new Error('nothing of the domain was thrown');
}

/** Gets no answer so often that the circuit is open. */
async function open(): Promise<void> {
  for (let times = 0; times < 3; times++) await failureOf(silent().canSignIn(credential));
}

async function waitOf(call: Promise<unknown>): Promise<number> {
  const failure = await failureOf(call);
  return failure instanceof TargetSilentError ? failure.waitAtLeastMs : NaN;
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
  const waiting: ((answer: boolean) => void)[] = [];
  const { engine } = engineThat(
    () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 3) for (const answer of waiting) answer(true);
      }),
  );

  const answers = await Promise.all([1, 2, 3].map(() => engine.canSignIn(credential)));

  expect(answers).toEqual([true, true, true]);
});

test('whoever gets no answer first has nothing to wait for beside its own back-off', async () => {
  const failure = await failureOf(silent().canSignIn(credential));

  expect(failure).toMatchObject({ name: 'TargetUnavailable', waitAtLeastMs: 0, ids: { host: 'h' } });
  expect(failure.message).toBe('db.internal:5432 did not answer in time.');
});

test('those who get no answer together come back one after another, 0.3 seconds apart', async () => {
  const told = await Promise.all([1, 2, 3, 4].map(() => waitOf(silent().canSignIn(credential))));

  expect(told).toEqual([0, 300, 600, 900]);
  now += 60_000;
  expect(await waitOf(silent().canSignIn(credential))).toBe(0);
});

test('nobody is told to wait for longer than five minutes', async () => {
  let longest = 0;
  for (let secret = 0; secret < 5_000; secret++) {
    longest = Math.max(longest, await waitOf(silent().canSignIn(credential)));
  }

  expect(longest).toBe(300_000);
});

test.each(Object.entries(calls))('%s does not ask a silent target while somebody waits for it', async (_, call) => {
  await open();
  const first = waitingAttempt();
  const second = engineThat(() => Promise.resolve(true));

  const failure = await failureOf(call(second.engine));

  expect(second.asked()).toBe(0);
  expect(failure).toBeInstanceOf(TargetSilentError);
  expect(failure.message).toMatch(/^db\.internal:5432 did not answer in time\. It was not asked for this secret/);
  expect(failure.ids).toMatchObject({ engine: 'postgres', host: 'db.internal', port: 5432, username: 'app' });
  first.end(new TargetSilentError('no answer'));
  await first.failed;
  await expect(call(second.engine)).resolves.toBe(true);
});

test.each([
  { what: 'an answer that refuses', does: 'closes', err: new SignInRefusedError('no') },
  { what: 'a server that says that it is full', does: 'closes', err: new TargetUnavailableError('full') },
  { what: 'a connection that is lost in a change', does: 'does not close', err: new OutcomeUnknownError('lost') },
  { what: 'a secret that nobody can be asked with', does: 'does not close', err: new MalformedSecretError('no host') },
  { what: 'no answer', does: 'does not close', err: new TargetSilentError('no answer') },
])('$what $does the circuit', async ({ err, does }) => {
  await open();

  await failureOf(engineThat(() => Promise.reject(err)).engine.canSignIn(credential));

  expect(await isClosed()).toBe(does === 'closes');
});

test('an attempt that is aborted does not close the circuit, and leaves its place to the next', async () => {
  await open();
  const aborted = engineThat(() => Promise.reject(new Error('aborted'))).engine;

  await expect(aborted.canSignIn(credential)).rejects.toThrow('aborted');

  expect(await isClosed()).toBe(false);
});

test('the first answer closes the circuit', async () => {
  await open();

  await answering().canSignIn(credential);

  expect(await isClosed()).toBe(true);
});

test('a circuit that nobody needed for long is closed: who knows what became of the target', async () => {
  await open();

  now += 301_000;

  expect(await isClosed()).toBe(true);
});

test.each([{ host: 'other.internal' }, { port: 5433 }])('another target has its own circuit: %j', async (other) => {
  await open();
  const first = waitingAttempt();

  await expect(answering().canSignIn({ ...credential, ...other })).resolves.toBe(true);

  first.end(new TargetSilentError('no answer'));
  await first.failed;
});

test('packets that are lost now and then open no circuit while others are answered', async () => {
  for (let times = 0; times < 4; times++) {
    await failureOf(silent().canSignIn(credential));
    await answering().canSignIn(credential);
    await failureOf(silent().canSignIn(credential));
  }

  expect(await isClosed()).toBe(true);
});

/** Whether two may ask the target at the same time. */
async function isClosed(): Promise<boolean> {
  const first = waitingAttempt();
  const second = engineThat(() => Promise.resolve(true));
  await second.engine.canSignIn(credential).catch(() => undefined);
  first.end(new TargetSilentError('no answer'));
  await first.failed;
  return second.asked() === 1;
}
