import { type Client } from '@temporalio/client';
import { CircuitBreaker, withCircuitBreaker } from '../rotation/circuit-breaker';
import { type RotationRequest, type StartedRotation } from '../rotation/rotation-request';
import { createSecret, type CreateSecretOutcome } from '../rotation/steps/create-secret';
import { discardPending, type DiscardRequest } from '../rotation/steps/discard-pending';
import { finishSecret } from '../rotation/steps/finish-secret';
import { reconcile } from '../rotation/steps/reconcile';
import { restoreCurrent } from '../rotation/steps/restore-current';
import { setSecret } from '../rotation/steps/set-secret';
import { type StepDeps, type StepOutcome } from '../rotation/steps/step';
import { takeStock, type Stock } from '../rotation/steps/take-stock';
import { testCurrent } from '../rotation/steps/test-current';
import { testSecret } from '../rotation/steps/test-secret';
import { armNextRotation, type ArmedRotation, type LastRotation } from './arm-next-rotation';
import { withFailureBoundary, type Attempted } from './failure-boundary';
import { openRotation, type OpenedRotation, type OpenRotationInput } from './open-rotation';

/** What the activities need from the worker. */
export interface ActivityDeps {
  /** Makes the ports for one attempt of one step; they stop when its signal aborts. */
  readonly stepDeps: (signal: AbortSignal) => StepDeps;
  /** For the Schedules of the worker's own namespace. */
  readonly temporal: Client;
  /** Whether the namespace has Rotor's search attributes. @defaultValue false */
  readonly searchable?: boolean;
  /** Who is told of events beside the log. @defaultValue nobody */
  readonly publishers?: readonly string[];
}

/** The activities of a worker, by the names that they have on the wire. */
export interface Activities {
  /** Finds the secret and its configuration. */
  openRotation(input: OpenRotationInput): Promise<OpenedRotation & Attempted>;
  /** Stores a new credential under AWSPENDING. */
  createSecret(request: RotationRequest): Promise<CreateSecretOutcome & Attempted>;
  /** Makes the database accept the pending credential. */
  setSecret(rotation: StartedRotation): Promise<StepOutcome & Attempted>;
  /** Proves that the pending credential works. */
  testSecret(rotation: StartedRotation): Promise<StepOutcome & Attempted>;
  /** Moves AWSCURRENT. */
  finishSecret(rotation: StartedRotation): Promise<StepOutcome & Attempted>;
  /** Undoes setSecret. */
  restoreCurrent(request: RotationRequest): Promise<StepOutcome & Attempted>;
  /** Undoes createSecret. */
  discardPending(request: DiscardRequest): Promise<StepOutcome & Attempted>;
  /** Proves that the current credential works. */
  testCurrent(request: RotationRequest): Promise<StepOutcome & Attempted>;
  /** Finds which versions the database accepts. */
  takeStock(request: RotationRequest): Promise<Stock & Attempted>;
  /** Makes the database accept the current credential by the superuser's word alone. */
  reconcile(request: RotationRequest): Promise<StepOutcome & Attempted>;
  /** Sets the secret's Schedule to the next rotation. */
  armNextRotation(input: LastRotation): Promise<ArmedRotation & Attempted>;
}

/**
 * Hosts the steps as Temporal activities.
 *
 * createSecret alone goes through a circuit breaker: a rotation that has changed nothing may wait for a silent target
 * longer than others, while after it consumers wait for the end.
 */
export function createActivities({
  stepDeps,
  temporal,
  searchable = false,
  publishers = [],
}: ActivityDeps): Activities {
  const breaker = new CircuitBreaker(() => performance.now());
  const sparing = ({ store, engineFor }: StepDeps): StepDeps => ({
    store,
    engineFor: withCircuitBreaker(engineFor, breaker),
  });
  return {
    openRotation: withFailureBoundary(
      (signal, input) => openRotation({ store: stepDeps(signal).store, temporal, searchable, publishers }, input),
      { publishers },
    ),
    createSecret: withFailureBoundary((signal, input) => createSecret(sparing(stepDeps(signal)), input)),
    setSecret: withFailureBoundary((signal, input) => setSecret(stepDeps(signal), input)),
    testSecret: withFailureBoundary((signal, input) => testSecret(stepDeps(signal), input)),
    finishSecret: withFailureBoundary((signal, input) => finishSecret(stepDeps(signal), input)),
    restoreCurrent: withFailureBoundary((signal, input) => restoreCurrent(stepDeps(signal), input)),
    discardPending: withFailureBoundary((signal, input) => discardPending(stepDeps(signal), input)),
    testCurrent: withFailureBoundary((signal, input) => testCurrent(stepDeps(signal), input)),
    takeStock: withFailureBoundary((signal, input) => takeStock(stepDeps(signal), input)),
    reconcile: withFailureBoundary((signal, input) => reconcile(stepDeps(signal), input)),
    armNextRotation: withFailureBoundary((signal, input) =>
      armNextRotation({ ...stepDeps(signal), temporal, searchable }, input),
    ),
  };
}
