import { RotationFailedError } from '../../client';
import { nextWindow } from '../../rotation/schedule/rotation-window';
import { Hold } from '../support/hold';
import { RotorUnderTest } from '../support/rotor-under-test';

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

afterAll(() => rotor.close());

const passwordPolicy = { length: 48 };
const weekly = { automaticallyAfterDays: 7 };

test('a rotation that is under way keeps the configuration and rules that it began with; the next has the new ones', async () => {
  const hold = new Hold({ step: 'openRotation', moment: 'after' });
  const worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
  const application = await rotor.createApplication();
  const secretId = application.name;
  const first = await rotor.client.rotateSecret({ secretId, configuration: { passwordPolicy }, rotationRules: weekly });
  await hold.reached;

  await rotor.client.configure({
    secretId,
    configuration: { passwordPolicy: { length: 20 } },
    rotationRules: { automaticallyAfterDays: 50 },
  });
  hold.release();
  const { rotatedAt = '', nextRotation = '' } = await rotor.client.outcome(first);

  expect(await application.password()).toHaveLength(48);
  const { opensAt } = nextWindow({ lastRotation: new Date(rotatedAt), rules: { automaticallyAfterDays: 50 } });
  expect(nextRotation.slice(0, 10)).toBe(opensAt.toISOString().slice(0, 10));
  await rotor.rotate(application);
  expect(await application.password()).toHaveLength(20);
  await worker.stop();
});

describe('with a worker', () => {
  beforeAll(() => rotor.startWorker());

  test('configuration and rules are stored, and used by later requests that bring none', async () => {
    const application = await rotor.createApplication();
    const secretId = application.name;
    const first = await rotor.client.rotateSecret({
      secretId,
      configuration: { passwordPolicy },
      rotationRules: weekly,
    });
    await rotor.client.outcome(first);
    const firstPassword = await application.password();

    await rotor.rotate(application);

    const { schedule } = await rotor.client.describe(secretId);
    expect(schedule?.plan).toEqual({
      secretId: application.arn,
      configuration: { passwordPolicy },
      rotationRules: weekly,
    });
    expect(firstPassword).toHaveLength(48);
    expect(await application.password()).toHaveLength(48);
  });

  test('what a request leaves out stays as it is stored', async () => {
    const application = await rotor.createApplication();
    const secretId = application.name;
    await rotor.client.configure({ secretId, configuration: { passwordPolicy }, rotationRules: weekly });

    await rotor.client.configure({ secretId, rotationRules: { scheduleExpression: 'rate(12 hours)' } });
    await rotor.client.configure({ secretId, configuration: { passwordPolicy: { length: 30 } } });

    const { schedule } = await rotor.client.describe(secretId);
    expect(schedule?.plan).toMatchObject({
      configuration: { passwordPolicy: { length: 30 } },
      rotationRules: { scheduleExpression: 'rate(12 hours)' },
    });
  });

  test('a configuration without rules rotates every 30 days', async () => {
    const application = await rotor.createApplication();

    await rotor.client.configure({ secretId: application.name, configuration: { passwordPolicy } });

    const { schedule } = await rotor.client.describe(application.name);
    expect(schedule?.plan?.rotationRules).toEqual({ automaticallyAfterDays: 30 });
  });

  test.each<[string, object]>([
    ['no days', { automaticallyAfterDays: 0 }],
    ['1001 days', { automaticallyAfterDays: 1001 }],
    ['half a day', { automaticallyAfterDays: 0.5 }],
    ['days as a text', { automaticallyAfterDays: '7' }],
    ['days and an expression', { automaticallyAfterDays: 7, scheduleExpression: 'rate(7 days)' }],
    ['neither', { duration: '3h' }],
    ['a rate of three hours', { scheduleExpression: 'rate(3 hours)' }],
    ['a rate of 1000 days', { scheduleExpression: 'rate(1000 days)' }],
    ['an expression that is none', { scheduleExpression: 'weekly' }],
    ['a day that never comes', { scheduleExpression: 'cron(0 8 31 2 ? *)' }],
    ['a duration that leaves its window', { scheduleExpression: 'rate(4 hours)', duration: '5h' }],
    ['a member that AWS does not know', { automaticallyAfterDays: 7, jitter: '1h' }],
  ])('rules with %s are refused, and nothing is stored or started', async (_what, rules) => {
    const application = await rotor.createApplication();
    const request = { secretId: application.name, rotationRules: rules as { automaticallyAfterDays: number } };

    await expect(rotor.client.rotateSecret(request)).rejects.toMatchObject({ name: 'ConfigurationInvalid' });
    await expect(rotor.client.configure(request)).rejects.toMatchObject({ name: 'ConfigurationInvalid' });

    const { rotation, schedule } = await rotor.client.describe(application.name);
    expect({ rotation, schedule }).toEqual({ rotation: undefined, schedule: undefined });
  });

  test.each<[string, object, string]>([
    ['an unknown member', { stratgy: 'single-user' }, 'but no "stratgy"'],
    ['a port that is none', { endpoints: [{ host: 'a', port: 0 }] }, 'endpoints[0].port must be a whole number'],
    ['a policy that no password satisfies', { passwordPolicy: { length: 3 } }, 'passwordPolicy cannot be used'],
  ])('a configuration with %s is refused, and nothing is stored or started', async (_what, wrong, part) => {
    const application = await rotor.createApplication();
    const request = { secretId: application.name, configuration: wrong };

    await expect(rotor.client.rotateSecret(request)).rejects.toThrow(part);
    await expect(rotor.client.configure(request)).rejects.toMatchObject({ name: 'ConfigurationInvalid' });

    const { rotation, schedule } = await rotor.client.describe(application.name);
    expect({ rotation, schedule }).toEqual({ rotation: undefined, schedule: undefined });
  });

  test('invalid rules leave those that are stored as they are', async () => {
    const application = await rotor.createApplication();
    const secretId = application.name;
    await rotor.client.configure({ secretId, rotationRules: weekly });
    const before = await rotor.client.describe(secretId);

    const refused = rotor.client.configure({ secretId, rotationRules: { automaticallyAfterDays: 5000 } });

    await expect(refused).rejects.toThrow('automaticallyAfterDays must be a whole number from 1 to 1000, not 5000.');
    expect(await rotor.client.describe(secretId)).toEqual(before);
  });

  test('rotateImmediately: false stores, arms and tests the current credential, and changes nothing', async () => {
    const application = await rotor.createApplication();
    const secretId = application.name;

    const test = await rotor.client.rotateSecret({ secretId, rotationRules: weekly, rotateImmediately: false });
    const { outcome, steps } = await rotor.client.outcome(test);

    expect(outcome).toBe('tested');
    expect(steps.map(({ step }) => step)).toEqual(['openRotation', 'testCurrent']);
    expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'] });
    expect(await application.accepts(application.firstPassword)).toBe(true);
    const { schedule } = await rotor.client.describe(secretId);
    expect(schedule?.plan?.rotationRules).toEqual(weekly);
    const { opensAt } = nextWindow({ lastRotation: new Date(), rules: weekly });
    expect(schedule?.nextRotation?.slice(0, 10)).toBe(opensAt.toISOString().slice(0, 10));
  });

  test('rotateImmediately: false fails by the name of what is wrong with the current credential', async () => {
    const application = await rotor.createApplication();
    await application.setPassword('changed-by-somebody');

    const test = await rotor.client.rotateSecret({ secretId: application.name, rotateImmediately: false });
    const failure = await rotor.client.outcome(test).catch((err: unknown) => err);

    expect(failure).toBeInstanceOf(RotationFailedError);
    expect(failure).toMatchObject({ type: 'SignInRefused' });
    expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'] });
  });

  test('storing rules anew leaves a paused schedule paused, with its note', async () => {
    const application = await rotor.createApplication();
    const secretId = application.name;
    await rotor.client.configure({ secretId, rotationRules: weekly });
    await rotor.client.pause({ secretId, note: 'until the audit is over' });

    await rotor.client.configure({ secretId, rotationRules: { automaticallyAfterDays: 9 } });

    const { schedule } = await rotor.client.describe(secretId);
    expect(schedule).toMatchObject({ paused: true, note: 'until the audit is over' });
    expect(schedule?.plan?.rotationRules).toEqual({ automaticallyAfterDays: 9 });
  });

  /** Lets something happen between the reading of a Schedule and the first write to it. */
  function beforeFirstWrite(happen: () => Promise<unknown>): void {
    const { workflowService } = rotor.temporal;
    const writing = jest.spyOn(workflowService, 'updateSchedule');
    writing.mockImplementation(async (request: object) => {
      writing.mockRestore();
      await happen();
      return workflowService.updateSchedule(request);
    });
  }

  test('a pause that comes between the reading and the writing stays, with its note, and the rules are stored', async () => {
    const application = await rotor.createApplication();
    const secretId = application.name;
    await rotor.client.configure({ secretId, rotationRules: weekly });
    beforeFirstWrite(() => rotor.client.pause({ secretId, note: 'meanwhile' }));

    await rotor.client.configure({ secretId, rotationRules: { automaticallyAfterDays: 9 } });

    const { schedule } = await rotor.client.describe(secretId);
    expect(schedule).toMatchObject({ paused: true, note: 'meanwhile' });
    expect(schedule?.plan?.rotationRules).toEqual({ automaticallyAfterDays: 9 });
  });

  test('a schedule that is deleted between the reading and the writing is made anew', async () => {
    const application = await rotor.createApplication();
    const secretId = application.name;
    await rotor.client.configure({ secretId, rotationRules: weekly });
    beforeFirstWrite(() => rotor.schedule(application.arn).delete());

    await rotor.client.configure({ secretId, rotationRules: { automaticallyAfterDays: 9 } });

    const { schedule } = await rotor.client.describe(secretId);
    expect(schedule?.plan?.rotationRules).toEqual({ automaticallyAfterDays: 9 });
  });

  test('of two that make the schedule at the same moment the later one counts', async () => {
    const application = await rotor.createApplication();
    const secretId = application.name;
    const creating = jest.spyOn(rotor.temporal.schedule, 'create').mockImplementation(async (options) => {
      creating.mockRestore();
      await rotor.client.configure({ secretId, rotationRules: weekly });
      return rotor.temporal.schedule.create(options);
    });

    await rotor.client.configure({ secretId, rotationRules: { automaticallyAfterDays: 9 } });

    const { schedule } = await rotor.client.describe(secretId);
    expect(schedule?.plan?.rotationRules).toEqual({ automaticallyAfterDays: 9 });
  });

  test('storing says so where others change the schedule again and again', async () => {
    const application = await rotor.createApplication();
    const secretId = application.name;
    await rotor.client.configure({ secretId, rotationRules: weekly });
    const { workflowService } = rotor.temporal;
    const write = workflowService.updateSchedule.bind(workflowService);
    const writing = jest.spyOn(workflowService, 'updateSchedule').mockImplementation(async (request: object) => {
      await rotor.client.pause({ secretId, note: 'again' });
      return write(request);
    });

    const refused = rotor.client.configure({ secretId, rotationRules: { automaticallyAfterDays: 9 } });

    await expect(refused).rejects.toMatchObject({ name: 'TemporalUnavailable' });
    writing.mockRestore();
    expect((await rotor.client.describe(secretId)).schedule?.plan?.rotationRules).toEqual(weekly);
  });
});
