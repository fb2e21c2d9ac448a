import { setTimeout as sleep } from 'node:timers/promises';
import { type Client } from '@temporalio/client';
import { type OpenQuestion } from '../workflows/decision';
import { type StepRecord } from '../workflows/rotation-status';
import { describeRun, type DescribedRotation, type RetriedStep } from './describe-rotation';

/** Something that happened in a rotation. */
export type RotationProgress =
  | { readonly kind: 'step'; readonly record: StepRecord }
  | { readonly kind: 'retrying'; readonly retry: RetriedStep }
  /** It goes on only once somebody has decided. */
  | { readonly kind: 'waiting'; readonly question: OpenQuestion };

const pollMs = 100;

/**
 * Reports what happens in one rotation, from its beginning and in order: each step when it begins and when it ends, and
 * each attempt that failed and is tried again, and what a person is asked. Ends when the rotation does.
 */
export async function* followRotation(
  temporal: Client,
  { arn, runId }: { arn: string; runId: string },
): AsyncGenerator<RotationProgress, void> {
  const told = new Set<string>();
  for (;;) {
    const rotation = await describeRun(temporal, { arn, runId });
    for (const progress of rotation ? progressOf(rotation) : []) {
      const key = JSON.stringify(progress);
      if (!told.has(key)) yield progress;
      told.add(key);
    }
    if (!rotation?.open) return;
    await sleep(pollMs);
  }
}

function progressOf({ status, retrying }: DescribedRotation): RotationProgress[] {
  const steps = (status?.steps ?? []).flatMap((record) => [begun(record), record]);
  const retries = retrying ? [{ kind: 'retrying' as const, retry: retrying }] : [];
  const questions = status?.question ? [{ kind: 'waiting' as const, question: status.question }] : [];
  return [...steps.map((record) => ({ kind: 'step' as const, record })), ...retries, ...questions];
}

/** The record as it was when the step began, so that a step that is over is told twice: its beginning and its end. */
function begun({ step, startedAt }: StepRecord): StepRecord {
  return { step, startedAt };
}
