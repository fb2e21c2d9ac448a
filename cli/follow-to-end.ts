import { DecisionNeededError, type OpenQuestion, type RotationClient, type RotationHandle } from '../client';
import { print } from './print';
import { renderOutcome, renderProgress } from './render-rotation';
import { type CommandOptions } from './run-command';

/** Prints what happens in a short piece of work on a secret, and how it ended. */
export async function followToEnd(
  client: RotationClient,
  work: RotationHandle,
  { json }: CommandOptions,
): Promise<void> {
  for await (const progress of client.follow(work)) {
    const line = renderProgress(progress);
    if (line !== undefined && !json) print([line]);
    if (progress.kind === 'waiting') throw undecided(work, progress.question);
  }
  const outcome = await client.outcome(work);
  print(json ? [JSON.stringify({ ...work, ...outcome })] : renderOutcome(work.name, outcome));
}

/** What ends a command that waits for a rotation which itself waits for a person. */
export function undecided({ name }: RotationHandle, { question, reason }: OpenQuestion): DecisionNeededError {
  return new DecisionNeededError(
    `${name}: ${reason.message} The rotation can go neither forward nor back by itself and waits for a decision: ` +
      `\`rotor status ${name}\` tells what is true, \`rotor decide ${name} <choice> --question ${question}\` answers.`,
  );
}
