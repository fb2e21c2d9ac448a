import { nextRotation } from './next-rotation';
import { type RotationRules } from './rotation-rules';
import { dayMs, minuteMs } from './time-units';

/** A fleet of secrets that are rotated by one rule, and how long it is watched. */
export interface SimulatedFleet {
  readonly secrets: number;
  readonly rules: RotationRules;
  readonly from: Date;
  readonly days: number;
  /** Over how many days from `from` on the secrets are put under rotation, evenly; 0 for all at the same moment. */
  readonly takenOverDays: number;
}

/** How a fleet's rotations load Secrets Manager. */
export interface SimulatedLoad {
  readonly rotations: number;
  /** The first minute in which most rotations start. All of a minute's rotations start in its first second. */
  readonly busiestMinute: Date;
  readonly rotationsInBusiestMinute: number;
  readonly writesInBusiestMinute: number;
  /** Of the writes that AWS takes in a minute, 1 being all of them. */
  readonly shareOfWriteQuota: number;
  /** How long AWS's write quota makes the rotations of the busiest minute last at least. */
  readonly secondsAtWriteQuota: number;
}

/**
 * Writes a second, in one account and Region, of PutSecretValue, UpdateSecret and UpdateSecretVersionStage together:
 * AWS's page "Quotas". It is not adjustable.
 */
export const writesPerSecond = 50;

/** One PutSecretValue, one UpdateSecretVersionStage for AWSCURRENT and one that detaches AWSPENDING. */
export const writesPerRotation = 3;

/**
 * When a fleet's rotations happen, if each happens at its instant, and the minute that loads Secrets Manager most.
 *
 * @throws ConfigurationInvalidError for rules that `parseRotationRules` refuses.
 */
export function simulateRotations(fleet: SimulatedFleet): SimulatedLoad {
  const perMinute = new Map<number, number>();
  let rotations = 0;
  for (const instant of instantsOf(fleet)) {
    perMinute.set(instant, (perMinute.get(instant) ?? 0) + 1);
    rotations += 1;
  }
  const [minute, most] = busiest(perMinute);
  const writes = most * writesPerRotation;
  return {
    rotations,
    busiestMinute: new Date(minute),
    rotationsInBusiestMinute: most,
    writesInBusiestMinute: writes,
    shareOfWriteQuota: writes / (writesPerSecond * (minuteMs / 1_000)),
    secondsAtWriteQuota: writes / writesPerSecond,
  };
}

function* instantsOf({ secrets, rules, from, days, takenOverDays }: SimulatedFleet): Generator<number, void> {
  const end = from.getTime() + days * dayMs;
  for (let secret = 0; secret < secrets; secret += 1) {
    const arn = `arn:aws:secretsmanager:eu-central-1:123456789012:secret:simulated-${secret}`;
    const takenOver = new Date(from.getTime() + Math.floor((secret / secrets) * takenOverDays * dayMs));
    let next = nextRotation({ arn, lastRotation: takenOver, rules });
    for (; next.getTime() < end; next = nextRotation({ arn, lastRotation: next, rules })) yield next.getTime();
  }
}

function busiest(perMinute: ReadonlyMap<number, number>): readonly [minute: number, rotations: number] {
  let most: readonly [number, number] = [0, 0];
  for (const [minute, rotations] of perMinute) {
    if (rotations > most[1] || (rotations === most[1] && minute < most[0])) most = [minute, rotations];
  }
  return most;
}
