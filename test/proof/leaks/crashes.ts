import { type StrategyName } from '../../../rotation/strategies/rotation-strategy';
import { isFull } from '../sample';

/** A worker that dies while it sets a password. */
export interface Crash {
  readonly strategy: StrategyName;
  readonly signal: NodeJS.Signals;
  /** The user changes its own password. @defaultValue the superuser does */
  readonly by?: 'itself';
}

const crashes: readonly Crash[] = [
  { strategy: 'single-user', signal: 'SIGKILL' },
  { strategy: 'single-user', signal: 'SIGABRT' },
  ...(isFull ? [{ strategy: 'single-user', signal: 'SIGSEGV' } as const] : []),
  { strategy: 'alternating-users', signal: 'SIGKILL' },
];
const ofItself: Crash = { strategy: 'single-user', signal: 'SIGABRT', by: 'itself' };
const ofSecondPasswords: Crash = { strategy: 'multiple-credentials', signal: 'SIGABRT' };
/** With these a process leaves a core file, where it may. */
export const dumping: readonly NodeJS.Signals[] = ['SIGABRT', 'SIGSEGV'];

/** What is tried on a kind of server; without full proof all on one server, and two passwords at once on another. */
export function crashesOn(kind: string): readonly Crash[] {
  const more = kind.startsWith('PostgreSQL') ? [] : [ofSecondPasswords];
  if (isFull || kind === 'PostgreSQL 18') return [...crashes, ofItself, ...more];
  return kind.startsWith('MariaDB') ? more : [];
}
