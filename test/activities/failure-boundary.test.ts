import { setTimeout as delay } from 'node:timers/promises';
import { type Info } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { withFailureBoundary } from '../../activities/failure-boundary';
import {
  EventUndeliveredError,
  SignInRefusedError,
  TargetSilentError,
  TargetUnavailableError,
} from '../../rotation/errors';

const input = { secretId: 'prod/app' };

function newEnvironment(info: Partial<Info> = {}): MockActivityEnvironment {
  return new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR') });
}

/** What an activity that throws this ends with. */
async function failureOf(err: unknown, environment = newEnvironment()): Promise<ApplicationFailure> {
  const activity = withFailureBoundary(() => Promise.reject(err as Error));
  const failure: unknown = await environment.run(activity, input).catch((thrown: unknown) => thrown);
  if (failure instanceof ApplicationFailure) return failure;
  throw new Error('not an ApplicationFailure');
}

test("a domain error keeps its name, message and ids, and nobody's stack", async () => {
  const failure = await failureOf(new SignInRefusedError('The server refuses user "app".', { username: 'app' }));

  expect(failure).toMatchObject({
    type: 'SignInRefused',
    nonRetryable: true,
    details: [{ username: 'app', attempt: 1 }],
  });
  expect(failure.message).toBe('The server refuses user "app".');
  expect(failure.stack).toBe('ApplicationFailure: The server refuses user "app".');
  expect(failure.cause).toBeUndefined();
});

test('what time heals is tried again', async () => {
  expect(await failureOf(new TargetUnavailableError('down'))).toMatchObject({ nonRetryable: false });
});

test('an error that Rotor does not know is told by its class only: its message may hold anything', async () => {
  class QueryError extends Error {}

  const failure = await failureOf(new QueryError("syntax error near 'hunter2'", { cause: 'hunter2' }));

  expect(failure).toMatchObject({ type: 'UnexpectedError', nonRetryable: true, details: [{ attempt: 1 }] });
  expect(failure.message).toContain('QueryError');
  expect(`${failure.message} ${String(failure.stack)} ${JSON.stringify(failure)}`).not.toContain('hunter2');
});

test('a thrown value that is no error at all is not shown either', async () => {
  const failure = await failureOf({ password: 'hunter2' });

  expect(failure).toMatchObject({ type: 'UnexpectedError' });
  expect(JSON.stringify(failure) + failure.message).not.toContain('hunter2');
});

test('who asks to be left alone for a time is, before the next attempt', async () => {
  const failure = await failureOf(new EventUndeliveredError('busy', {}, 7_000));

  expect(failure).toMatchObject({ nonRetryable: false, nextRetryDelay: 7_000 });
});

test.each([
  { what: 'the back-off where that is longer', attempt: 3, waitMs: 3_999, nextRetryDelay: undefined },
  { what: 'the wait where that is longer', attempt: 3, waitMs: 4_001, nextRetryDelay: 4_001 },
  { what: 'the longest back-off after many attempts', attempt: 60, waitMs: 300_000, nextRetryDelay: undefined },
])('an attempt on a silent target is tried again after $what', async ({ attempt, waitMs, nextRetryDelay }) => {
  const retryPolicy = { initialInterval: 1_000, backoffCoefficient: 2, maximumInterval: 300_000 };
  const environment = newEnvironment({ attempt, retryPolicy });

  const failure = await failureOf(new TargetSilentError('down', {}, waitMs), environment);

  expect(failure.nonRetryable).toBe(false);
  expect(failure.nextRetryDelay).toBe(nextRetryDelay);
});

test('what a failure has to tell as well as an outcome stands beside its ids', async () => {
  const refused = new SignInRefusedError('refused', { username: 'app' });
  const activity = withFailureBoundary(() => Promise.reject(refused), { publishers: ['webhook'] });

  await expect(newEnvironment().run(activity, input)).rejects.toMatchObject({
    details: [{ username: 'app', publishers: ['webhook'], attempt: 1 }],
  });
});

test('the outcome of an activity is handed on with its attempt, and so is its input', async () => {
  const activity = withFailureBoundary((_signal, given: typeof input) => Promise.resolve({ given }));

  expect(await newEnvironment().run(activity, input)).toEqual({ given: input, attempt: 1 });
});

test('an activity that is cancelled sees its signal abort, and ends as cancelled', async () => {
  const environment = newEnvironment();
  const activity = withFailureBoundary((signal) => delay(60_000, {}, { signal }));

  const ended = environment.run(activity, input);
  environment.cancel();

  await expect(ended).rejects.toMatchObject({ name: 'CancelledFailure' });
});

test('an activity beats while it works', async () => {
  const environment = newEnvironment();
  const beaten = new Promise<object>((resolve) =>
    environment.on('heartbeat', () => {
      resolve({});
    }),
  );
  const activity = withFailureBoundary(() => beaten);

  await expect(environment.run(activity, input)).resolves.toEqual({ attempt: 1 });
});
