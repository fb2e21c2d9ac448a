import { CommanderError } from 'commander';

/** What every command can be asked for. */
export interface CommandOptions {
  /** Print one JSON document for machines. */
  readonly json?: boolean;
}

/** Exit codes: done, failed, misused. */
const exitCodes = { failed: 1, misused: 2 } as const;

/** A command that ended without its result, although nothing threw. The message is the one line for stderr. */
export class CommandFailedError extends Error {
  override readonly name = 'CommandFailed';
}

/**
 * Turns the end of a command into its exit code, and a failure into one line on stderr: what happened, to which secret,
 * what to do. Never prints a stack.
 */
export function reportFailure(err: unknown): void {
  if (err instanceof CommanderError) {
    process.exitCode = err.exitCode === 0 ? 0 : exitCodes.misused; // commander has printed its line already
    return;
  }
  process.stderr.write(`rotor: ${messageOf(err)}\n`);
  process.exitCode = exitCodes.failed;
}

function messageOf(err: unknown): string {
  const text = err instanceof Error && err.message !== '' ? err.message : 'failed for a reason that it cannot tell';
  return text.replaceAll(/\s+/g, ' ').trim();
}
