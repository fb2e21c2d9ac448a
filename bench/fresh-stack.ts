import { rm } from 'node:fs/promises';
import path from 'node:path';
import { removePostgres } from '../local/postgres';
import { freePorts, startStack, type Stack, type StackOptions } from '../local/stack';

/** Starts a stack on this machine that remembers nothing of an earlier one. */
export async function freshStack(options: Pick<StackOptions, 'env' | 'onProgress'>): Promise<Stack> {
  const home = path.resolve('.rotor', 'bench');
  return startStack({
    ...options,
    home,
    ports: await freePorts(),
    onLocked: async () => {
      await removePostgres(home);
      for (const part of ['temporal', 'secrets-manager'])
        await rm(path.join(home, part), { recursive: true, force: true });
    },
  });
}
