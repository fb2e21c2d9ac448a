import { spawnSync } from 'node:child_process';

/** A program to run to its end. */
export interface Tool {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly limitMs?: number;
}

/** Why something cannot be had on this machine. */
export class UnavailableError extends Error {}

/**
 * Runs a program and yields what it prints. It runs while nothing else does: what decides whether a test can run has to be
 * known before the tests are named.
 *
 * @throws UnavailableError
 */
export function runTool({ command, args, env = {}, cwd, limitMs = 180_000 }: Tool): string {
  const outcome = spawnSync(command, args, {
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive', ...env },
    cwd,
    timeout: limitMs,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (outcome.status === 0) return outcome.stdout;
  const { error, stderr } = outcome;
  const why = error?.message ?? stderr.trim().split('\n').at(-1) ?? 'it failed';
  throw new UnavailableError(`${command} ${args[0] ?? ''}: ${why}`);
}
