import { rm } from 'node:fs/promises';
import path from 'node:path';
import { removePostgres } from '../postgres';
import { type StackOptions } from './stack-options';
import { freePorts } from './stack-ports';
import { startStack, type Stack } from './start-stack';

/** Starts a stack on free ports that remembers nothing of an earlier one in its folder. Throws what `startStack` does. */
export async function startFreshStack(options: Omit<StackOptions, 'ports' | 'onLocked'>): Promise<Stack> {
  const home = path.resolve(options.home);
  return startStack({ ...options, home, ports: await freePorts(), onLocked: () => clear(home) });
}

/** Forgets an earlier stack, once its last process is gone. */
async function clear(home: string): Promise<void> {
  await removePostgres(home);
  for (const part of ['temporal', 'secrets-manager']) await rm(path.join(home, part), { recursive: true, force: true });
}
