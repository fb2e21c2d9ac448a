import { type CredentialCheck, type DatabaseEngine, type StillWanted } from '../database-engine';
import { type ConnectionSecret } from '../secret-value';

/** AWS's names of the ways to rotate. */
export const strategyNames = ['single-user', 'alternating-users', 'multiple-credentials'] as const;

/** One of AWS's names of the ways to rotate. */
export type StrategyName = (typeof strategyNames)[number];

/** The engine that knows the server, and the credentials that a strategy works with. */
export interface StrategyInput {
  readonly engine: DatabaseEngine;
  readonly current: ConnectionSecret;
  readonly pending: ConnectionSecret;
  /** Reads AWSPREVIOUS when it is needed; undefined where there is none that can be used. */
  readonly previous: () => Promise<ConnectionSecret | undefined>;
  /** Reads the superuser's secret when it is needed; undefined where the configuration names none. */
  readonly superuser: () => Promise<ConnectionSecret | undefined>;
  /** Asked right before a change: whether the secret is still as it was when the step began. */
  readonly stillWanted: StillWanted;
}

/** What a strategy knows before there is a pending credential. */
export type StrategyFacts = Omit<StrategyInput, 'pending' | 'stillWanted'>;

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
   * The user that the pending version names.
   *
   * @throws MalformedSecretError for a user that has no alternate.
   */
  pendingUsername(current: ConnectionSecret): string;

  /**
   * Proves, before anything is stored, that the change could be made: that the server can do it, and that the
   * credentials which would make it sign in.
   *
   * @throws SignInRefusedError, ConfigurationInvalidError, WrongTargetError
   */
  prepare(input: StrategyFacts): Promise<void>;

  /** Makes the server accept the pending credential. */
  setPending(input: StrategyInput): Promise<StrategyOutcome>;

  /** What the pending credential must be good for besides signing in and the configured probes. */
  pendingCheck(input: Omit<StrategyInput, 'stillWanted'>): Promise<CredentialCheck>;

  /**
   * Makes the server accept the current credential again, whatever AWSCURRENT holds by now, and ends what attempts that
   * were given up left running.
   *
   * @throws SignInRefusedError when that cannot be done with any credential that the secret holds.
   */
  restoreCurrent(input: StrategyInput): Promise<StrategyOutcome>;
}
