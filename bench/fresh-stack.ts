import path from 'node:path';
import { startFreshStack, type Stack, type StackOptions } from '../local/stack';

/** Starts the stack of the benchmarks, in a folder of their own. */
export function freshStack(options: Pick<StackOptions, 'env' | 'onProgress'>): Promise<Stack> {
  return startFreshStack({ ...options, home: path.join('.rotor', 'bench') });
}
