import { instantWithin } from './instant-within';
import { type RotationRules } from './rotation-rules';
import { nextWindow, windowAtOrAfter } from './rotation-window';

/** A secret, when it was last rotated, and by which rules it is. */
export interface RotatedSecret {
  readonly arn: string;
  /** When it really was, by hand or by schedule, not when it was planned. */
  readonly lastRotation: Date;
  readonly rules: RotationRules;
}

/** Temporal never fires at an instant that has passed when it arrives there. */
const leadMs = 60_000;

/**
 * The instant of the next rotation: at an unpredictable minute of the next window after the last rotation. For
 * `automaticallyAfterDays` and no duration that is the UTC date of the last one plus N days, at an hour that is uniform
 * over the day and a minute weighted to the top of the hour (minute m weighs 1/(1+m)).
 *
 * A pure function of the secret, its last rotation and the rules, so that whoever computes it again arrives at the same
 * instant. Always after the last rotation, and never outside the window.
 *
 * @throws ConfigurationInvalidError for rules that `parseRotationRules` refuses.
 */
export function nextRotation({ arn, lastRotation, rules }: RotatedSecret): Date {
  return instantWithin(nextWindow({ lastRotation, rules }), seed({ arn, lastRotation }));
}

/**
 * The instants of the next rotations, each counted from the one before as if that had happened at its instant.
 *
 * @throws ConfigurationInvalidError for rules that `parseRotationRules` refuses.
 */
export function upcomingRotations({ count, ...secret }: RotatedSecret & { readonly count: number }): Date[] {
  const instants: Date[] = [];
  let { lastRotation } = secret;
  while (instants.length < count) {
    lastRotation = nextRotation({ ...secret, lastRotation });
    instants.push(lastRotation);
  }
  return instants;
}

/**
 * The instant to fire at, seen from now: the next rotation or, where that has passed or is nearer than a minute, a
 * minute from now if a window is open then, else an instant in the first window that opens. So a rotation that was
 * missed is made up for soon, and a window is never left.
 *
 * @throws ConfigurationInvalidError for rules that `parseRotationRules` refuses.
 */
export function dueRotation({ now, ...secret }: RotatedSecret & { readonly now: Date }): Date {
  const next = nextRotation(secret);
  const soon = new Date(now.getTime() + leadMs);
  if (next >= soon) return next;
  const window = windowAtOrAfter({ instant: soon, rules: secret.rules });
  return window.opensAt <= soon ? soon : instantWithin(window, seed(secret));
}

function seed({ arn, lastRotation }: { arn: string; lastRotation: Date }): string {
  return `${arn}\n${lastRotation.toISOString()}`;
}
