import { type EngineFor } from '../database-engine';
import { type SecretStore } from '../secret-store';

/** What a step may use: good for one attempt, and bound to its cancellation. */
export interface StepDeps {
  readonly store: SecretStore;
  readonly engineFor: EngineFor;
}

/** What a step did; never a value. */
export interface StepOutcome {
  /** False where the world was already as the step leaves it. */
  readonly changed: boolean;
}
