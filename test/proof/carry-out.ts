import { type Client } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure, RetryState } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createActivities } from '../../activities';
import { type RotationRequest, type StartedRotation } from '../../rotation/rotation-request';
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
/** A step of a rotation or of its undo. */
export type AnyStep = Step | (typeof undoSteps)[number];

/** One attempt of one step. */
export interface Attempt {
  readonly step: AnyStep;
  /** Aborts when the attempt is given up. */
  readonly signal: AbortSignal;
  /** Gives the attempt up, as where its time is over. */
  readonly giveUp: () => void;
}

/** How a rotation came to its end; `waits` where it goes neither forward nor back by itself: a person is asked. */
export type End =
  { readonly kind: 'rotated' } | { readonly kind: 'failed' | 'waits'; readonly at: AnyStep; readonly failure: string };

/** A rotation to carry out. */
export interface Rotation {
  readonly request: RotationRequest;
  /** The ports for one attempt. */
  readonly deps: (attempt: Attempt) => StepDeps;
  /** What a person decides, each time that one is asked. @defaultValue nothing: the rotation waits */
  readonly decide?: () => DecisionChoice;
  /** Where it goes on: the steps before this one are done already, and createSecret found this version current. */
  readonly goesOn?: { readonly from: Step; readonly currentVersionId: string };
}

interface Outcome {
  readonly attempt: number;
  readonly changed: boolean;
  readonly currentVersionId?: string;
}

type Run = (step: AnyStep, input: RotationRequest) => Promise<Outcome>;

/** How often a step is tried before it is said to wait for ever; what time heals is healed sooner in the proofs. */
const patience = 5;
const pauseMs = 20;

const mockRuns = new Map<string, Run>();

// The workflow's own order of steps and undo, with nothing of Temporal's but its shape. Nobody reads what a person is told.
jest.mock('../../workflows/rotation-activities', () => ({
  activities: new Proxy(
    {},
    {
      get: (_, step) => (input: RotationRequest) =>
        step === 'takeStock' ? Promise.resolve({}) : mockRuns.get(input.clientRequestToken)?.(step as AnyStep, input),
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

const timeline = {
  run: (_: string, action: () => Promise<unknown>) => action(),
  enter: () => undefined,
  events: { tell: () => undefined },
} as unknown as Timeline;

/**
 * Carries a rotation out in this process: the workflow's order of steps and undo, the activities with their rule of what is
 * tried again, the steps and the strategies are the real ones; only Temporal is not there.
 */
export async function carryOut(rotation: Rotation): Promise<End> {
  const { request } = rotation;
  let failed: End = { kind: 'rotated' };
  let last: End = failed;
  let ask = (): Promise<DecisionChoice> => new Promise(() => undefined);
  const waits = new Promise<End>((resolve) => {
    mockRuns.set(request.clientRequestToken, async (step, input) => {
      const done = doneBefore(rotation, step);
      if (done) return done;
      const ended = await runStep(rotation, { step, input });
      if ('outcome' in ended) return ended.outcome;
      const end: End = { kind: ended.isForGood ? 'failed' : 'waits', at: step, failure: ended.failure };
      if (!ended.isForGood) {
        resolve(end);
        return new Promise<never>(() => undefined);
      }
      if (failed.kind === 'rotated') failed = end;
      last = end;
      throw seenByWorkflow(step, ended);
    });
    ask = () => {
      if (rotation.decide) return Promise.resolve(rotation.decide());
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

function doneBefore({ goesOn }: Rotation, step: AnyStep): Outcome | undefined {
  const place = steps.indexOf(step as Step);
  if (!goesOn || place === -1 || place >= steps.indexOf(goesOn.from)) return undefined;
  return { attempt: 1, changed: false, currentVersionId: goesOn.currentVersionId };
}

interface StepFailure {
  readonly failure: string;
  readonly isForGood: boolean;
  readonly attempt: number;
}

type StepEnd = { readonly outcome: Outcome } | StepFailure;

function seenByWorkflow(step: AnyStep, { failure: type, attempt }: StepFailure): ActivityFailure {
  const cause = ApplicationFailure.create({ type, nonRetryable: true, details: [{ attempt }] });
  return new ActivityFailure(undefined, step, undefined, RetryState.NON_RETRYABLE_FAILURE, undefined, cause);
}

/** Tries a step as Temporal does: until it succeeds or fails for good, though not for ever. */
async function runStep(
  { deps }: Pick<Rotation, 'deps'>,
  { step, input }: { step: AnyStep; input: RotationRequest },
): Promise<StepEnd> {
  let failure = '';
  for (let attempt = 1; attempt <= patience; attempt += 1) {
    const environment = new MockActivityEnvironment({ attempt }, { logger: new DefaultLogger('ERROR') });
    const giveUp = (): void => {
      environment.cancel('TIMED_OUT');
    };
    const hosted = createActivities({
      stepDeps: (signal) => deps({ step, signal, giveUp }),
      temporal: undefined as unknown as Client, // no step asks for it
    });
    try {
      const run = (given: RotationRequest): Promise<Outcome> => hosted[step](given as StartedRotation);
      return { outcome: await environment.run<[RotationRequest], Outcome, typeof run>(run, input) };
    } catch (err) {
      failure = err instanceof ApplicationFailure ? (err.type ?? '') : 'TimedOut';
      if (err instanceof ApplicationFailure && err.nonRetryable) return { failure, isForGood: true, attempt };
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs * attempt));
  }
  return { failure, isForGood: false, attempt: patience };
}
