import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure, RetryState } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createActivities } from '../../activities';
import { type OpenRotationInput } from '../../activities/open-rotation';
import { rotationId } from '../../rotation/rotation-id';
import { type RotationRequest } from '../../rotation/rotation-request';
import { type StepDeps } from '../../rotation/steps/step';
import { carryOut as carryOutInWorkflow } from '../../workflows/carry-out';
import { type DecisionChoice } from '../../workflows/decision';
import { type Decisions } from '../../workflows/decisions';
import { activities, type ForwardActivities } from '../../workflows/rotation-activities';
import { type Timeline } from '../../workflows/timeline';

/** The steps of a rotation, and of its undo, in their order. */
export const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
export const undoSteps = ['restoreCurrent', 'discardPending'] as const;

/** A step of a rotation that comes about by itself. */
export type Step = (typeof steps)[number];
/** A step of a rotation or of its undo, or what is done before them (openRotation) and where a person is asked (takeStock). */
export type AnyStep = Step | (typeof undoSteps)[number] | 'openRotation' | 'takeStock';

/** One attempt of one step. */
export interface Attempt {
  readonly step: AnyStep;
  /** Aborts when the attempt is given up, unless it is cut off. */
  readonly signal: AbortSignal;
  /** Gives the attempt up, as where its time is over, and lets it hear of it. */
  readonly giveUp: () => void;
  /** Gives the attempt up unheard, as where nobody reaches its worker: it goes on beside the next one. */
  readonly cutOff: () => void;
  /** Resolves when nothing of the attempt goes on any more. */
  readonly over: () => Promise<unknown>;
}

/**
 * How a rotation came to its end.
 *
 * - `failed`: it was undone, or had changed nothing.
 * - `waits`: it goes neither forward nor back by itself, and a person is asked.
 * - `tries on`: a step is tried again and again, longer than a proof has patience.
 */
export type End =
  | { readonly kind: 'rotated' }
  | { readonly kind: 'failed' | 'waits' | 'tries on'; readonly at: AnyStep; readonly failure: string };

/** A rotation to carry out. */
export interface Rotation {
  readonly request: RotationRequest;
  /** The ports for one attempt. */
  readonly deps: (attempt: Attempt) => StepDeps;
  /** What a person decides, though not for ever. @defaultValue nothing: the rotation waits */
  readonly decide?: () => DecisionChoice;
  /** Where it goes on: the steps before this one are done already, and createSecret found this version current. */
  readonly goesOn?: { readonly from: Step; readonly currentVersionId: string };
}

interface Outcome {
  readonly attempt: number;
  readonly changed?: boolean;
  readonly currentVersionId?: string;
}

type Run = (step: AnyStep, input: RotationRequest) => Promise<Outcome>;

/** How often a step is tried, or a person decides, before it is said to go on for ever; what time heals is healed sooner. */
const patience = 5;
const pauseMs = 5;

const mockRuns = new Map<string, Run>();

// The workflow's own order of steps and undo, with nothing of Temporal's but its shape.
jest.mock('../../workflows/rotation-activities', () => ({
  activities: new Proxy(
    {},
    {
      get: (_, step) => (input: RotationRequest) => mockRuns.get(input.clientRequestToken)?.(step as AnyStep, input),
    },
  ),
}));
jest.mock('@temporalio/workflow', () => ({
  ...jest.requireActual<object>('@temporalio/workflow'),
  CancellationScope: class {
    static nonCancellable(run: () => unknown): unknown {
      return run();
    }
    static current(): object {
      return { consideredCancelled: false };
    }
    run(run: () => unknown): unknown {
      return run();
    }
  },
  patched: () => true,
  metricMeter: { createCounter: () => ({ add: () => undefined }) },
}));

/** A Temporal that is asked for a secret's Schedule only, and has none. */
const withoutSchedules = {
  schedule: {
    getHandle: () => ({ describe: () => Promise.reject(new ScheduleNotFoundError('There is none.', '')) }),
  },
} as unknown as Client;

const timeline = {
  run: (_: string, action: () => Promise<unknown>) => action(),
  enter: () => undefined,
  events: { tell: () => undefined },
} as unknown as Timeline;

/**
 * Carries a rotation out in this process: the owner's first act, the workflow's order of steps and undo, the activities with
 * their rule of what is tried again, the steps and the strategies are the real ones; only Temporal is not there, and what
 * needs it: the Schedule, of which there is none, and which nothing arms at the end.
 */
export async function carryOut(rotation: Rotation): Promise<End> {
  const { request } = rotation;
  const unopened = await open(rotation);
  if (unopened) return unopened;
  let failed: End = { kind: 'rotated' };
  let last: End = failed;
  let ask = (): Promise<DecisionChoice> => new Promise(() => undefined);
  const waits = new Promise<End>((resolve) => {
    mockRuns.set(request.clientRequestToken, async (step, input) => {
      const done = doneBefore(rotation, step);
      if (done) return done;
      const ended = await runStep(rotation, { step, input });
      if ('outcome' in ended) return ended.outcome;
      const end = endOf(step, ended);
      if (!ended.isForGood) {
        resolve(end);
        return new Promise<never>(() => undefined);
      }
      if (failed.kind === 'rotated') failed = end;
      if (step !== 'takeStock') last = end;
      throw seenByWorkflow(step, ended);
    });
    let asked = 0;
    ask = () => {
      asked += 1;
      if (rotation.decide && asked <= patience) return Promise.resolve(rotation.decide());
      if (last.kind === 'failed') resolve({ ...last, kind: 'waits' });
      return new Promise<never>(() => undefined);
    };
  });
  const forward = activities as unknown as ForwardActivities;
  const decisions = { ask: () => ask() } as unknown as Decisions;
  const carried = carryOutInWorkflow({ request, forward, timeline, decisions }).then(
    ({ outcome }): End => (outcome === 'rotated' ? { kind: outcome } : failed),
    () => failed,
  );
  const end = await Promise.race([carried, waits]);
  mockRuns.delete(request.clientRequestToken);
  return end;
}

/** The owner's first act; how the rotation ended where it failed. Needs no Temporal where the start carries a plan. */
async function open(rotation: Rotation): Promise<End | undefined> {
  if (rotation.goesOn) return undefined;
  const { secretId, configuration } = rotation.request;
  const plan = { secretId, configuration, rotationRules: { automaticallyAfterDays: 30 } };
  const input = { ...rotation.request, rotationId: rotationId(secretId), plan };
  const opened = await runStep(rotation, { step: 'openRotation', input });
  return 'outcome' in opened ? undefined : endOf('openRotation', opened);
}

function doneBefore({ goesOn }: Rotation, step: AnyStep): Outcome | undefined {
  const place = steps.indexOf(step as Step);
  if (!goesOn || place === -1 || place >= steps.indexOf(goesOn.from)) return undefined;
  return { attempt: 1, changed: false, currentVersionId: goesOn.currentVersionId };
}

interface Failed {
  readonly failure: string;
  readonly isForGood: boolean;
  readonly attempt: number;
}

function seenByWorkflow(step: AnyStep, { failure: type, attempt }: Failed): ActivityFailure {
  const cause = ApplicationFailure.create({ type, nonRetryable: true, details: [{ attempt }] });
  return new ActivityFailure(undefined, step, undefined, RetryState.NON_RETRYABLE_FAILURE, undefined, cause);
}

function endOf(at: AnyStep, { failure, isForGood }: Failed): End {
  return { kind: isForGood ? 'failed' : 'tries on', at, failure };
}

interface StepRun {
  readonly step: AnyStep;
  readonly input: RotationRequest & Partial<OpenRotationInput>;
}

/** Tries a step as Temporal does: until it succeeds or fails for good, though not for ever. */
async function runStep(rotation: Rotation, run: StepRun): Promise<{ readonly outcome: Outcome } | Failed> {
  let failure = '';
  for (let attempt = 1; attempt <= patience; attempt += 1) {
    try {
      return { outcome: await runAttempt(rotation, { ...run, attempt }) };
    } catch (err) {
      failure = err instanceof ApplicationFailure ? (err.type ?? '') : 'TimedOut';
      if (err instanceof ApplicationFailure && err.nonRetryable) return { failure, isForGood: true, attempt };
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs * attempt));
  }
  return { failure, isForGood: false, attempt: patience };
}

/** What Temporal hears of an attempt. */
function runAttempt({ deps }: Rotation, { step, input, attempt }: StepRun & { attempt: number }): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const environment = new MockActivityEnvironment({ attempt }, { logger: new DefaultLogger('ERROR') });
    const giveUp = (): void => {
      environment.cancel('TIMED_OUT');
    };
    const cutOff = (): void => {
      reject(new Error('Nothing was heard of the attempt.'));
    };
    const hosted = createActivities({
      stepDeps: (signal) => deps({ step, signal, giveUp, cutOff, over: () => Promise.allSettled([run]) }),
      temporal: withoutSchedules,
    }) as unknown as Record<AnyStep, (given: RotationRequest) => Promise<Outcome>>;
    const run = environment.run<[RotationRequest], Outcome, typeof hosted.createSecret>(hosted[step], input);
    run.then(resolve, reject);
  });
}
