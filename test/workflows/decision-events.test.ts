import { type Activities } from '../../activities';
import { EventLog } from '../../adapters/event-log';
import { waitUntil } from '../../local/supervisor';
import { PasswordRejectedError, PermissionMissingError, StoreAccessDeniedError } from '../../rotation/errors';
import { type RotationEvent } from '../../rotation/rotation-event';
import { FailingStep } from '../support/failing-step';
import { RotorUnderTest, type RunningWorker } from '../support/rotor-under-test';

let rotor: RotorUnderTest;
let worker: RunningWorker;
let lines: string[];

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

beforeEach(() => {
  lines = [];
});

afterEach(() => worker.stop());

afterAll(() => rotor.close());

async function startWorker(wrap: (activities: Activities) => Activities): Promise<void> {
  worker = await rotor.startWorker({ wrap, eventLog: new EventLog((line) => lines.push(line)) });
}

function events(): RotationEvent[] {
  return lines.map((line) => JSON.parse(line) as RotationEvent);
}

/** Name, outcome and reason of each event in the log. */
function told(): string[] {
  return events().map(({ name, outcome, reason }) => [name, outcome, ...(reason ? [reason.type] : [])].join(' '));
}

/** The step that each event in the log tells. */
function steps(): string[] {
  return events().map(({ step }) => step);
}

test('a rotation that waits for a decision says so when it begins to wait', async () => {
  const finish = new FailingStep('finishSecret', new StoreAccessDeniedError('Grant it.'));
  await startWorker((activities) => finish.wrap(activities));
  const { name } = await rotor.createApplication();

  const rotation = await rotor.client.rotateSecret({ secretId: name });
  await waitUntil(() => Promise.resolve(told().length === 2), { limitMs: 30_000 });
  const waiting = told();
  finish.mend();
  await rotor.client.decide({ secretId: name, choice: 'retry' });
  await rotor.client.outcome(rotation);

  expect(waiting).toEqual(['RotationStarted open', 'DecisionNeeded open StoreAccessDenied']);
  expect(told()).toEqual([...waiting, 'RotationSucceeded rotated']);
  expect(steps()).toEqual(['openRotation', 'finishSecret', 'finishSecret']);
});

test('a rotation that a person abandons tells that', async () => {
  const finish = new FailingStep('finishSecret', new StoreAccessDeniedError('Grant it.'));
  await startWorker((activities) => finish.wrap(activities));
  const { name } = await rotor.createApplication();

  const rotation = await rotor.client.rotateSecret({ secretId: name });
  await waitUntil(() => Promise.resolve(told().length === 2), { limitMs: 30_000 });
  await rotor.client.decide({ secretId: name, choice: 'abandon' });
  await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'StoreAccessDenied' });

  expect(told().at(-1)).toBe('RotationAbandoned abandoned StoreAccessDenied');
  expect(steps()).toEqual(['openRotation', 'finishSecret', 'finishSecret']);
});

test('a rotation that a person rolls back tells the step that it came to', async () => {
  const finish = new FailingStep('finishSecret', new StoreAccessDeniedError('Grant it.'));
  await startWorker((activities) => finish.wrap(activities));
  const { name } = await rotor.createApplication();

  const rotation = await rotor.client.rotateSecret({ secretId: name });
  await waitUntil(() => Promise.resolve(told().length === 2), { limitMs: 30_000 });
  await rotor.client.decide({ secretId: name, choice: 'rollBack' });
  await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'StoreAccessDenied' });

  expect(told().slice(2)).toEqual(['Undone open StoreAccessDenied', 'RotationFailed failed StoreAccessDenied']);
  expect(steps()).toEqual(['openRotation', 'finishSecret', 'finishSecret', 'finishSecret']);
});

test('a password that the database refuses is told with the token that it had', async () => {
  const set = new FailingStep('setSecret', new PasswordRejectedError('too short'), { times: 1 });
  await startWorker((activities) => set.wrap(activities));
  const { name } = await rotor.createApplication();

  const rotation = await rotor.client.rotateSecret({ secretId: name });
  const { clientRequestToken } = await rotor.client.outcome(rotation);

  expect(told()).toEqual([
    'RotationStarted open',
    'Undone open PasswordRejected',
    'PasswordRejected open PasswordRejected',
    'RotationSucceeded rotated',
  ]);
  const tokens = events().map(({ clientRequestToken }) => clientRequestToken);
  expect(tokens).toEqual([rotation.versionId, rotation.versionId, rotation.versionId, clientRequestToken]);
});

test('a rotation that fails and is undone tells both, with the reason', async () => {
  const refused = new FailingStep('testSecret', new PermissionMissingError('GRANT it.'));
  await startWorker((activities) => refused.wrap(activities));
  const { name } = await rotor.createApplication();

  const rotation = await rotor.client.rotateSecret({ secretId: name });
  await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'PermissionMissing' });

  expect(told()).toEqual([
    'RotationStarted open',
    'Undone open PermissionMissing',
    'RotationFailed failed PermissionMissing',
  ]);
});
