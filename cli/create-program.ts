import { Command } from 'commander';
import { addDemo } from './demo';
import { addDev } from './dev';
import { addRotate } from './rotate';
import { addStatus } from './status';
import { addWorker } from './worker';

/** The `rotor` command with all its verbs. Misuse is thrown as a `CommanderError`, its line printed already. */
export function createProgram(): Command {
  const program = new Command('rotor')
    .description('Rotates the database passwords in AWS Secrets Manager as durable Temporal workflows.')
    .exitOverride();
  for (const add of [addDev, addDemo, addWorker, addRotate, addStatus]) add(program);
  return program;
}
