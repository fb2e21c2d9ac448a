import { setTimeout as pause } from 'node:timers/promises';
import {
  OutcomeUnknownError,
  PermissionMissingError,
  type RotationError,
  StoreAccessDeniedError,
  StoreUnavailableError,
  TargetUnavailableError,
} from '../../../rotation/errors';
import { type Around, type CallUnderWay } from './boundary';
import { HeldCall } from './held-call';

/** How long a call hangs before its attempt is given up. */
const hangMs = 5;

/** A fault on its way through one rotation. */
export interface FaultUnderWay {
  /** Around the call that is hit. */
  readonly hit: Around;
  /** Around every other call. @defaultValue nothing */
  readonly others?: Around;
  /** When the rotation is over: brings about what is still to come. @defaultValue nothing is */
  readonly end?: () => Promise<void>;
}

const beginnings = {
  'fails before its effect': () => ({
    hit: ({ name }) => {
      throw unavailable(name);
    },
  }),
  'fails after its effect': () => ({
    hit: async ({ name }, make) => {
      await Promise.allSettled([make()]);
      throw isOfStore(name) ? unavailable(name) : new OutcomeUnknownError('The answer is lost.');
    },
  }),
  'hangs before its effect': () => ({ hit: hang }),
  'hangs after its effect': () => ({
    hit: async (call, make) => {
      await Promise.allSettled([make()]);
      return hang(call);
    },
  }),
  'is late, after the next attempt': () => {
    const held = new HeldCall();
    const others: Around = async (call, make) => {
      const answer = await make();
      if (held.isPassedBy(call)) await held.letGo();
      return answer;
    };
    return { hit: (call, make) => held.hold(call, make), others, end: () => held.end() };
  },
  'is late, after the end': () => {
    const held = new HeldCall();
    return { hit: (call, make) => held.hold(call, make), end: () => held.end() };
  },
  'is late, after the next attempt was refused for good': () => {
    const held = new HeldCall();
    let isRefused = false;
    const others: Around = (call, make) => {
      if (isRefused || !held.isFollowedBy(call)) return make();
      isRefused = true;
      throw refused(call.name);
    };
    return { hit: (call, make) => held.hold(call, make), others, end: () => held.end() };
  },
  'is made twice': () => ({
    hit: async (_, make) => {
      await make();
      return make();
    },
  }),
  'is refused for good': () => ({
    hit: ({ name }) => {
      throw refused(name);
    },
  }),
} satisfies Readonly<Record<string, () => FaultUnderWay>>;

/** What can happen to a call. */
export type Fault = keyof typeof beginnings;

/** What can happen to a call. */
export const faults = Object.keys(beginnings) as readonly Fault[];

/** Begins a fault for one rotation. */
export function beginFault(fault: Fault): FaultUnderWay {
  return beginnings[fault]();
}

/** Whether a step fails for good, because of the fault. */
export function isForGood(fault: Fault): boolean {
  return fault === 'is refused for good' || fault === 'is late, after the next attempt was refused for good';
}

/** Never answers: the attempt hears that it is given up. */
async function hang({ attempt }: CallUnderWay): Promise<never> {
  await pause(hangMs);
  attempt.giveUp();
  throw attempt.signal.reason;
}

function unavailable(name: string): RotationError {
  return isOfStore(name) ? new StoreUnavailableError('Out of order.') : new TargetUnavailableError('Out of order.');
}

function refused(name: string): RotationError {
  return isOfStore(name) ? new StoreAccessDeniedError('Not allowed.') : new PermissionMissingError('Not allowed.');
}

function isOfStore(name: string): boolean {
  return name.startsWith('store.');
}
