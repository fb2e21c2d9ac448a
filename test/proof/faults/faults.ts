import {
  OutcomeUnknownError,
  PermissionMissingError,
  type RotationError,
  StoreAccessDeniedError,
  StoreUnavailableError,
  TargetUnavailableError,
} from '../../../rotation/errors';
import { type Around } from './boundary';

/** What can happen to a call. */
export const faults = [
  'fails before its effect',
  'fails after its effect',
  'has its effect and never answers',
  'is made twice',
  'is refused for good',
] as const;

/** What can happen to a call. */
export type Fault = (typeof faults)[number];

/** How a call with the fault is made. */
export const faulty: Readonly<Record<Fault, Around>> = {
  'fails before its effect': ({ name }) => {
    throw unavailable(name);
  },
  'fails after its effect': async ({ name }, make) => {
    await make();
    throw isOfStore(name) ? unavailable(name) : new OutcomeUnknownError('The answer is lost.');
  },
  'has its effect and never answers': async ({ attempt }, make) => {
    await make();
    attempt.giveUp();
    attempt.signal.throwIfAborted();
  },
  'is made twice': async (_, make) => {
    await make();
    return make();
  },
  'is refused for good': ({ name }) => {
    throw isOfStore(name) ? new StoreAccessDeniedError('Not allowed.') : new PermissionMissingError('Not allowed.');
  },
};

function unavailable(name: string): RotationError {
  return isOfStore(name) ? new StoreUnavailableError('Out of order.') : new TargetUnavailableError('Out of order.');
}

function isOfStore(name: string): boolean {
  return name.startsWith('store.');
}
