import { activityInfo, ApplicationFailure, cancellationSignal, heartbeat } from '@temporalio/activity';
import { RotationError, TargetSilentError } from '../rotation/errors';

const heartbeatMs = 1_000;

/** What every outcome of an activity tells beside its own. */
export interface Attempted {
  /** The attempt that brought it; the first is 1. */
  readonly attempt: number;
}

/**
 * The only place where errors become Temporal's: type = the error's name, message as it is, ids as details. No cause
 * and no stack, because both are stored in the history and a driver's could hold a value.
 *
 * Beats once a second, so that a killed worker is noticed, and hands the attempt's cancellation on. `facts` are what a
 * failure has to tell as well as an outcome.
 */
export function withFailureBoundary<Input, Output extends object>(
  activity: (signal: AbortSignal, input: Input) => Promise<Output>,
  facts: object = {},
): (input: Input) => Promise<Output & Attempted> {
  return async (input) => {
    const signal = cancellationSignal();
    const beat = setInterval(heartbeat, heartbeatMs);
    try {
      return { ...(await activity(signal, input)), attempt: activityInfo().attempt };
    } catch (err) {
      if (signal.aborted) throw signal.reason;
      throw toFailure(err, facts);
    } finally {
      clearInterval(beat);
    }
  };
}

function toFailure(err: unknown, facts: object): ApplicationFailure {
  const known = err instanceof RotationError ? err : undefined;
  const failure = ApplicationFailure.create({
    type: known?.name ?? 'UnexpectedError',
    nonRetryable: !known?.retryable,
    message: known?.message ?? `Rotor met an error that it does not know (${kindOf(err)}). Please report it.`,
    details: [{ ...known?.ids, ...facts, attempt: activityInfo().attempt }],
    ...retryDelay(known),
  });
  failure.stack = `${failure.name}: ${failure.message}`;
  return failure;
}

/** What comes before the next attempt instead of the back-off of the activity's own. */
function retryDelay(err: RotationError | undefined): { nextRetryDelay?: number } {
  if (err instanceof TargetSilentError)
    return err.waitAtLeastMs > backOffMs() ? { nextRetryDelay: err.waitAtLeastMs } : {};
  return err?.retryAfterMs === undefined ? {} : { nextRetryDelay: err.retryAfterMs };
}

/** How long Temporal waits before the next attempt by itself. Temporal tells its intervals in milliseconds. */
function backOffMs(): number {
  const { attempt, retryPolicy } = activityInfo();
  const { backoffCoefficient = 2 } = retryPolicy ?? {};
  const longest = msOf(retryPolicy?.maximumInterval) ?? Infinity;
  return Math.min((msOf(retryPolicy?.initialInterval) ?? 1_000) * backoffCoefficient ** (attempt - 1), longest);
}

function msOf(interval: unknown): number | undefined {
  return typeof interval === 'number' ? interval : undefined;
}

/** The class of an unknown error: its message may hold anything. */
function kindOf(err: unknown): string {
  return err instanceof Error ? err.constructor.name : typeof err;
}
