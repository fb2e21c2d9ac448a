import { activityInfo, Context } from '@temporalio/activity';
import { createHeldWorkerHere } from '../../support/held-worker-here';
import { type Around, withBoundary } from '../faults/boundary';
import { type Appointments, type KillPoint, type Notice } from './kill-point';

/** One attempt of a step of a rotation. */
interface Attempt {
  readonly rotation: string;
  readonly step: string;
}

let appointments: Appointments = {};

/** A worker process that tells of each call, stops rotations at the calls that it is told, and then waits to be killed. */
async function main(): Promise<void> {
  process.on('message', (told: Appointments) => {
    appointments = told;
    tell({ kind: 'knows' });
  });
  process.on('disconnect', () => process.exit()); // whoever wanted to kill it is gone
  const [codePath = ''] = process.argv.slice(-1);
  const worker = await createHeldWorkerHere({
    workflowBundle: { codePath },
    wrapPorts: (deps) => withBoundary(deps, { attempt: attemptHere(), around: standing() }),
  });
  tell({ kind: 'works' });
  await worker.run();
}

function attemptHere(): Attempt {
  const { activityType: step, workflowExecution } = activityInfo();
  return { step, rotation: workflowExecution?.workflowId ?? '' };
}

/** Counts the calls of one attempt, and stands at the one that is appointed, also where that throws. */
function standing(): Around<Attempt> {
  let calls = 0;
  return async ({ attempt: { rotation, step }, name }, make) => {
    const call = { step, at: calls++, name };
    tell({ kind: 'calls', rotation, call });
    const isAppointed = (moment: KillPoint['moment']): boolean => isSame(appointments[rotation], { ...call, moment });
    if (isAppointed('before')) await stand(rotation);
    try {
      return await make();
    } finally {
      if (isAppointed('after')) await stand(rotation);
    }
  };
}

function isSame(appointed: KillPoint | undefined, { step, at, name, moment }: KillPoint): boolean {
  return appointed?.step === step && appointed.at === at && appointed.name === name && appointed.moment === moment;
}

/** Until the process is killed, or the attempt is given up. */
async function stand(rotation: string): Promise<void> {
  tell({ kind: 'stands', rotation });
  try {
    await Context.current().cancelled;
  } finally {
    tell({ kind: 'leaves', rotation });
  }
}

function tell(notice: Notice): void {
  process.send?.(notice);
}

main().catch((err: unknown) => {
  console.error(err);
  process.exitCode = 1;
});
