import { type RotationRules } from '../../rotation/schedule/rotation-rules';
import { isWindowOpen } from '../../rotation/schedule/rotation-window';
import { type ScheduledRotationResult } from '../../workflows/scheduled-rotation';
import { closedWindow, fireLate, startedTick } from '../support/closed-window';
import { fireSoon } from '../support/fire-soon';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker();
});

afterAll(() => rotor.close());

async function applicationBy(rotationRules: RotationRules): Promise<RotatedApplication> {
  const application = await rotor.createApplication();
  await rotor.client.configure({ secretId: application.name, rotationRules });
  return application;
}

/** The end of the tick that a Schedule starts for an instant. */
async function endOfTick({ arn }: RotatedApplication, instant: Date): Promise<ScheduledRotationResult> {
  return (await startedTick(rotor.temporal, { arn, instant })).result();
}

async function nextInstant({ arn }: RotatedApplication): Promise<Date | undefined> {
  return (await rotor.schedule(arn).describe()).info.nextActionTimes[0];
}

test('a tick that comes after its window has closed rotates nothing, and arms the Schedule for an open window', async () => {
  const { rules, instant } = closedWindow();
  const application = await applicationBy(rules);

  await fireLate(rotor.schedule(application.arn), instant);
  const result = await endOfTick(application, instant);

  const next = await nextInstant(application);
  expect(result).toEqual({
    outcome: 'missedWindow',
    firedFor: instant.toISOString(),
    nextRotation: next?.toISOString(),
  });
  expect(Number(next)).toBeGreaterThan(Date.now());
  expect(isWindowOpen({ instant: next ?? new Date(0), rules })).toBe(true);
  expect(await application.versions()).toHaveLength(1);
  expect(await rotor.runs(application.arn)).toEqual([]);
});

test('an instant of the Schedule that lies outside every window rotates nothing, and is armed anew', async () => {
  const { rules } = closedWindow();
  const application = await applicationBy(rules);

  const instant = await fireSoon(rotor.schedule(application.arn));
  const result = await endOfTick(application, instant);

  const next = await nextInstant(application);
  expect(result).toMatchObject({ outcome: 'missedWindow', nextRotation: next?.toISOString() });
  expect(isWindowOpen({ instant: next ?? new Date(0), rules })).toBe(true);
  expect(await application.versions()).toHaveLength(1);
});

test('a tick that comes late while a window is open rotates', async () => {
  const application = await applicationBy({ automaticallyAfterDays: 30 });
  const { instant } = closedWindow();

  await fireLate(rotor.schedule(application.arn), instant);

  expect(await endOfTick(application, instant)).toMatchObject({ outcome: 'rotated' });
  expect(await application.versions()).toHaveLength(2);
});

test('a person who triggers the Schedule outside its windows gets a rotation', async () => {
  const { rules } = closedWindow();
  const application = await applicationBy(rules);

  await rotor.schedule(application.arn).trigger();

  expect(await rotor.untilRotated(application.arn, { runs: 1 })).toBe(true);
  expect(await application.versions()).toHaveLength(2);
  expect(await application.accepts(await application.password())).toBe(true);
});

test('rules that nobody can read fail the tick by name, and rotate nothing', async () => {
  const application = await applicationBy({ automaticallyAfterDays: 30 });
  const { instant } = closedWindow();
  const schedule = rotor.schedule(application.arn);
  const broken = { secretId: application.arn, configuration: {}, rotationRules: { scheduleExpression: 'weekly' } };
  await schedule.update((now) => ({ ...now, action: { ...now.action, args: [broken] } }));

  await fireLate(schedule, instant);

  await expect(endOfTick(application, instant)).rejects.toMatchObject({ cause: { type: 'ConfigurationInvalid' } });
  expect(await application.versions()).toHaveLength(1);
});
