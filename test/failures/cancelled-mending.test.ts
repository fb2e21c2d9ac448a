import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { type RotationHandle, type RotationOutcome } from '../../client';
import { StoreAccessDeniedError } from '../../rotation/errors';
import { type HoldPoint } from '../support/hold';
import { Interference } from '../support/interference';
import { leaveOver } from '../support/leave-over';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';
import { storeSuperuser } from '../support/subject';

const interference = new Interference();
let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker({ wrap: (activities) => interference.wrap(activities) });
});

afterAll(() => rotor.close());

/** Has what mends a secret be cancelled at a place, where it stands until it notices. */
function cancelAt({ arn: secretId }: RotatedApplication, place: HoldPoint): void {
  const act = async (): Promise<void> => {
    const { cancelled } = Context.current();
    await rotor.client.cancelRotation({ secretId });
    await cancelled;
  };
  interference.plan({ secretId, ...place, act });
}

/** Nobody can tell what is true. */
function blind({ arn: secretId }: RotatedApplication): void {
  const act = (): Promise<never> => Promise.reject(new StoreAccessDeniedError('Grant it.'));
  interference.plan({ secretId, step: 'takeStock', act });
}

async function ended(rotation: RotationHandle): Promise<{ state?: string; outcome: Promise<RotationOutcome> }> {
  const outcome = rotor.client.outcome(rotation);
  await outcome.catch(() => undefined);
  const { state } = (await rotor.client.describe(rotation.arn)).rotation?.status ?? {};
  return { ...(state === undefined ? {} : { state }), outcome };
}

describe('reconcile that is cancelled', () => {
  async function locked(): Promise<RotatedApplication> {
    const application = await rotor.createApplication();
    await application.setPassword('by hand');
    const superuserSecretId = await storeSuperuser(rotor);
    await rotor.client.configure({ secretId: application.name, configuration: { superuserSecretId } });
    return application;
  }

  test('once it has set the password says that it did', async () => {
    const application = await locked();
    cancelAt(application, { step: 'reconcile', moment: 'after' });

    const { state, outcome } = await ended(await rotor.client.reconcile(application.name));

    await expect(outcome).resolves.toMatchObject({ outcome: 'reconciled' });
    expect(state).toBe('reconciled');
    expect(await application.signsIn()).toBe(true);
  });

  test('before that changes nothing, and says so', async () => {
    const application = await locked();
    cancelAt(application, { step: 'reconcile', moment: 'before' });

    const { state, outcome } = await ended(await rotor.client.reconcile(application.name));

    await expect(outcome).rejects.toMatchObject({ type: 'Cancelled' });
    expect(state).toBe('undone');
    expect(await application.accepts('by hand')).toBe(true);
  });

  test('claims nothing where it cannot be found out whether it has set the password', async () => {
    const application = await locked();
    cancelAt(application, { step: 'reconcile', moment: 'after' });
    blind(application);

    const { state, outcome } = await ended(await rotor.client.reconcile(application.name));

    await expect(outcome).rejects.toMatchObject({ type: 'Cancelled' });
    await expect(outcome).rejects.toThrow('could not be found out');
    await expect(outcome).rejects.not.toThrow('as they were');
    expect(state).toBe('abandoned');
  });
});

describe('discard that is cancelled', () => {
  async function leftOver(): Promise<{ application: RotatedApplication; token: string }> {
    const application = await rotor.createApplication();
    const token = randomUUID();
    await leaveOver(rotor, { application, token });
    return { application, token };
  }

  test('once it has taken the label off says that it did', async () => {
    const { application } = await leftOver();
    cancelAt(application, { step: 'discardPending', moment: 'after' });

    const { state, outcome } = await ended(await rotor.client.leftover.discard(application.name));

    await expect(outcome).resolves.toMatchObject({ outcome: 'discarded' });
    expect(state).toBe('discarded');
    expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'] });
  });

  test('before that leaves the label, and says so', async () => {
    const { application, token } = await leftOver();
    cancelAt(application, { step: 'discardPending', moment: 'before' });

    const { state, outcome } = await ended(await rotor.client.leftover.discard(application.name));

    await expect(outcome).rejects.toMatchObject({ type: 'Cancelled' });
    expect(state).toBe('undone');
    expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'], [token]: ['AWSPENDING'] });
  });
});
