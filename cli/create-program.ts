import { Command } from 'commander';
import { addCancel } from './cancel';
import { addConfigure } from './configure';
import { addDemo } from './demo';
import { addDev } from './dev';
import { addList } from './list';
import { addPause } from './pause';
import { addRemove } from './remove';
import { addResume } from './resume';
import { addRotate } from './rotate';
import { addStatus } from './status';
import { addWorker } from './worker';

/** The `rotor` command with all its verbs. Misuse is thrown as a `CommanderError`, its line printed already. */
export function createProgram(): Command {
  const program = new Command('rotor')
    .description('Rotates the database passwords in AWS Secrets Manager as durable Temporal workflows.')
    .exitOverride();
  const verbs = [
    ...[addDev, addDemo, addWorker, addRotate, addConfigure, addStatus, addList],
    ...[addPause, addResume, addCancel, addRemove],
  ];
  for (const add of verbs) add(program);
  return program;
}
