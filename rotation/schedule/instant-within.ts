import { createHash } from 'node:crypto';
import { type RotationWindow } from './rotation-window';
import { hourMs, minuteMs } from './time-units';

/**
 * The whole minute of a window that a text decides: the same text, the same minute.
 *
 * In a window of several hours the hour is uniform and the minute weighted to the top of the hour (minute m weighs
 * 1/(1+m)). In a window of one hour, which many secrets share, the minute is uniform.
 */
export function instantWithin({ opensAt, closesAt }: RotationWindow, text: string): Date {
  const hours = (closesAt.getTime() - opensAt.getTime()) / hourMs;
  const [forHour, forMinute] = fractions(text);
  const minute = hours > 1 ? weightedMinute(forMinute) : Math.floor(forMinute * 60);
  return new Date(opensAt.getTime() + Math.floor(forHour * hours) * hourMs + minute * minuteMs);
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
