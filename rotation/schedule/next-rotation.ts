import { createHash } from 'node:crypto';

/** When a secret is rotated. The names are AWS's (`RotationRules`). */
export interface RotationRules {
  /** Days from one rotation to the next, 1 to 1000. */
  readonly automaticallyAfterDays: number;
}

/** The rules of a secret for which none were given: AWS's console proposes the same. */
export const defaultRotationRules: RotationRules = { automaticallyAfterDays: 30 };

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const minuteMs = 60_000;

/**
 * The instant of the next rotation: the UTC date of the last actual one plus N days, at an hour that is uniform over the
 * day and a minute weighted to the top of the hour (minute m weighs 1/(1+m)).
 *
 * A pure function of the secret and its last rotation, so that whoever computes it again arrives at the same instant.
 */
export function nextRotation(input: { arn: string; lastRotation: Date; rules: RotationRules }): Date {
  const { arn, lastRotation, rules } = input;
  const date = Math.floor(lastRotation.getTime() / dayMs) * dayMs + rules.automaticallyAfterDays * dayMs;
  const [forHour, forMinute] = fractions(`${arn}\n${lastRotation.toISOString()}`);
  return new Date(date + Math.floor(forHour * 24) * hourMs + weightedMinute(forMinute) * minuteMs);
}

/** Two independent numbers in [0, 1) that only the text decides. */
function fractions(text: string): [number, number] {
  const digest = createHash('sha256').update(text).digest();
  return [digest.readUIntBE(0, 6) / 2 ** 48, digest.readUIntBE(6, 6) / 2 ** 48];
}

const minuteWeights = Array.from({ length: 60 }, (_, minute) => 1 / (1 + minute));
const minuteWeightsSum = minuteWeights.reduce((sum, weight) => sum + weight);

function weightedMinute(fraction: number): number {
  let rest = fraction * minuteWeightsSum;
  const minute = minuteWeights.findIndex((weight) => (rest -= weight) < 0);
  return minute === -1 ? minuteWeights.length - 1 : minute;
}
