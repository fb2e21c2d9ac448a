import { type DatabaseEngine } from '../database-engine';
import { type ConnectionSecret } from '../secret-value';

/** AWS's names of the ways to rotate. */
export type StrategyName = 'single-user';

/** The credentials that a strategy works with, and the engine that knows their server. */
export interface StrategyInput {
  readonly engine: DatabaseEngine;
  readonly current: ConnectionSecret;
  readonly pending: ConnectionSecret;
  /** Reads AWSPREVIOUS when it is needed; undefined where there is none that can be used. */
  readonly previous: () => Promise<ConnectionSecret | undefined>;
}

/** What setting or restoring a credential did. */
export interface StrategyOutcome {
  /** False where the server was already as it should be. */
  readonly changed: boolean;
}

/**
 * One way to rotate: which credential becomes pending, and how the server is made to accept it.
 *
 * Strategies decide, engines translate. All members are safe to repeat and ask the server, not memory.
 */
export interface RotationStrategy {
  readonly name: StrategyName;

  /**
   * Proves, before anything is stored, that the change could be made: the credential that would make it signs in.
   *
   * @throws SignInRefusedError
   */
  prepare(input: Omit<StrategyInput, 'pending'>): Promise<void>;

  /**
   * The user that the pending version may name.
   */
  pendingUsername(current: ConnectionSecret): string;

  /** Makes the server accept the pending credential. */
  setPending(input: StrategyInput): Promise<StrategyOutcome>;

  /**
   * Makes the server accept the current credential again.
   *
   * @throws SignInRefusedError when neither the current nor the pending credential signs in.
   */
  restoreCurrent(input: StrategyInput): Promise<StrategyOutcome>;
}
