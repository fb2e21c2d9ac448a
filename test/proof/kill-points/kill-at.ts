import { RotorCommand } from '../../support/rotor-command';
import { type Course } from '../course';
import { inParallel } from '../in-parallel';
import { begin, type Begun, prepare, type Prepared, untilOver } from './begun-rotation';
import { see, type Seen } from './facts';
import { type CallAt, type KillPoint } from './kill-point';
import { type Stage } from './stage';
import { StandingWorker } from './standing-worker';

/** A rotation whose worker is killed. */
export interface Trial {
  readonly course: Course;
  readonly point: KillPoint;
}

/** A rotation whose worker was killed. */
export interface Killed extends Trial {
  readonly seen: Seen;
}

/** A rotation that nothing happened to. */
export interface Recorded {
  readonly course: Course;
  readonly seen: Seen;
  /** Every call that it made. */
  readonly calls: readonly CallAt[];
}

/** Carries rotations out in a worker that nobody kills, and records their calls. */
export async function record(stage: Stage, courses: readonly Course[]): Promise<Recorded[]> {
  const trials = courses.map((course) => ({ course }));
  const { worker, prepared, notedBefore } = await prepareAll(stage, trials);
  try {
    const begun = await inParallel(prepared, (each) => begin(stage, each));
    const all = await untilSeen(stage, { begun, notedBefore });
    return all.map(({ course, rotation, seen }) => ({ course, seen, calls: worker.callsOf(rotation) }));
  } finally {
    await worker.kill();
  }
}

/**
 * Has a rotation for each trial stand at its call in one worker process, kills that with -9 when all do, and starts Rotor's
 * own worker; tells what came of each.
 */
export async function killAt(stage: Stage, trials: readonly Trial[]): Promise<Killed[]> {
  const { worker, prepared, notedBefore } = await prepareAll(stage, trials);
  try {
    await worker.appoint(Object.fromEntries(prepared.map(({ rotation, point }) => [rotation, point])));
    const begun = await inParallel(prepared, (each) => begin(stage, each));
    await worker.untilStanding(prepared.map(({ rotation }) => rotation));
    await worker.kill();

    const replacement = new RotorCommand(['worker'], { env: stage.rotor.environment });
    const all = await untilSeen(stage, { begun, notedBefore });
    replacement.kill('SIGKILL');
    await replacement.ended;
    return all.map(({ course, point, seen }) => ({ course, point, seen }));
  } finally {
    await worker.kill();
  }
}

interface Ready<Each> {
  readonly worker: StandingWorker;
  readonly prepared: readonly (Each & Prepared)[];
  /** What the database had noted before any of them began. */
  readonly notedBefore: readonly string[];
}

async function prepareAll<Each extends { readonly course: Course }>(
  stage: Stage,
  trials: readonly Each[],
): Promise<Ready<Each>> {
  const [worker, prepared] = await Promise.all([
    StandingWorker.start(stage.rotor),
    inParallel(trials, (trial) => prepare(stage, trial)),
  ]);
  return { worker, prepared, notedBefore: await stage.database.noted() };
}

/** Waits until all have come to their end, and looks at what each left. */
async function untilSeen<Each extends Begun>(
  stage: Stage,
  { begun, notedBefore }: { begun: readonly Each[]; notedBefore: readonly string[] },
): Promise<(Each & { readonly seen: Seen })[]> {
  const ended = await untilOver(stage, begun);
  const noted = (await stage.database.noted()).slice(notedBefore.length);
  return inParallel(ended, async (each) => ({ ...each, seen: await see(stage, { ...each, noted }) }));
}
