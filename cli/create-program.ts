import { Command } from 'commander';
import { addCancel } from './cancel';
import { addConfigure } from './configure';
import { addDecide } from './decide';
import { addDemo } from './demo';
import { addDev } from './dev';
import { addDiscard } from './discard';
import { addList } from './list';
import { addPause } from './pause';
import { addReconcile } from './reconcile';
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
  const stack = [addDev, addDemo, addWorker];
  const rotations = [addRotate, addConfigure, addStatus, addList, addPause, addResume, addCancel, addRemove];
  const verbs = [...stack, ...rotations, addDecide, addDiscard, addReconcile];
  for (const add of verbs) add(program);
  return program;
}
