import { uuid4 } from '@temporalio/workflow';
import { type RotationRequest } from '../rotation/rotation-request';
import { armSchedule, type LastRotation } from './arm-schedule';
import { carryOut, proof, type CarriedOut, type RotationWork } from './carry-out';
import { type Reason } from './decision';
import { reasonOf } from './domain-failure';
import { eventNames } from './event-teller';
import { asOwner, type OwnerInput, type OwnerResult, type OwnerWork } from './owner';
import { assertProvable } from './take-over';

/** What starts an owner. A start by hand needs the secret only. */
export interface RotateSecretInput extends OwnerInput {
  /** False: only the current credential is tested. @defaultValue true */
  readonly rotateImmediately?: boolean;
  /** Whether the version of the token is what somebody else left under AWSPENDING. @defaultValue false */
  readonly takeOver?: boolean;
}

/** What an owner that did its work tells. */
export interface RotateSecretResult extends OwnerResult {
  /**
   * `tested` where no rotation was asked for, but only a test of the current credential; `abandoned` where somebody else
   * changed or deleted the secret meanwhile, or a person decided to leave it as it is.
   */
  readonly outcome: 'rotated' | 'tested' | 'abandoned';
  /** The version that held AWSCURRENT before. */
  readonly previousVersionId?: string;
  /** Why it was abandoned. */
  readonly reason?: Reason;
  /** ISO 8601. */
  readonly rotatedAt?: string;
  /** ISO 8601; absent where the secret has no Schedule, or arming it failed for now. */
  readonly nextRotation?: string;
}

/** How often a rotation goes on with a new password under a new token, after the database refused the one before. */
const renewals = 3;

/**
 * The owner of one secret's rotation: open only while there is work, and its id, `rotate:<arn>`, is the lock.
 *
 * Up to testSecret a permanent failure or a cancellation undoes what was done, newest first; after it the rotation only
 * goes forward. Where neither succeeds, it waits for a decision. Ends with AWSPENDING on no version, or on AWSCURRENT's,
 * unless a person abandons it; and with the Schedule armed anew, but for a take-over that is refused.
 */
export async function rotateSecret(input: RotateSecretInput): Promise<RotateSecretResult> {
  if (input.rotateImmediately === false) return asOwner(input, { events: eventNames.test, act: test });
  const { secretId } = input;
  return asOwner(input, {
    events: eventNames.rotation,
    unopened: (timeline) => armSchedule({ secretId }, { plan: undefined, scheduled: undefined, timeline }),
    act: async (work) => {
      if (input.takeOver) await assertProvable(work);
      return rotate(work);
    },
  });
}

type Done = Omit<RotateSecretResult, keyof OwnerResult>;

async function test({ request, forward, timeline }: OwnerWork): Promise<Done> {
  await timeline.run('testCurrent', () => forward.testCurrent(request).then(proof));
  timeline.events.tell(eventNames.test.succeeded, { outcome: 'tested' });
  return { outcome: 'tested' };
}

async function rotate({ plan, scheduled, ...work }: OwnerWork): Promise<Done> {
  const { timeline } = work;
  const { secretId } = work.request;
  const arm = (last: LastRotation): ReturnType<typeof armSchedule> => armSchedule(last, { plan, scheduled, timeline });
  try {
    const done = await carryOutOrGiveWay(work);
    timeline.enter(done.outcome);
    if (done.outcome === 'abandoned') {
      timeline.events.tell('RotationAbandoned', done);
      return { ...done, ...(await arm({ secretId })) };
    }
    timeline.events.tell(eventNames.rotation.succeeded, { outcome: 'rotated' });
    const rotatedAt = new Date().toISOString();
    return { ...done, rotatedAt, ...(await arm({ secretId, lastRotation: rotatedAt })) };
  } catch (err) {
    await arm({ secretId });
    throw err;
  }
}

async function carryOutOrGiveWay(work: RotationWork): Promise<CarriedOut> {
  try {
    return await carryOutUntilAccepted(work);
  } catch (err) {
    const reason = reasonOf(err);
    if (reason.type === 'RotationSuperseded') return { outcome: 'abandoned', reason };
    throw err;
  }
}

/** A password that the database refuses is undone like any failure; then another one is tried under a token of its own. */
async function carryOutUntilAccepted(work: RotationWork): Promise<CarriedOut> {
  let { request } = work;
  for (let renewed = 0; ; renewed += 1) {
    try {
      return await carryOut({ ...work, request });
    } catch (err) {
      const reason = reasonOf(err);
      if (reason.type !== 'PasswordRejected' || renewed === renewals) throw err;
      work.timeline.events.tell('PasswordRejected', { reason });
      request = renewedRequest(request);
      work.timeline.renew(request.clientRequestToken);
    }
  }
}

function renewedRequest(request: RotationRequest): RotationRequest {
  return { ...request, clientRequestToken: uuid4() };
}
