import { type ServerFacts } from '../../rotation/database-engine';
import { type Sensitive } from '../../rotation/sensitive';
import { type StatementStep } from './failure-rule';
import { type Flavour } from './flavour';
import { type Mysql2Session } from './mysql2-session';
import { type Account } from './quoting';
import { type NameRules } from './validate-connection';

/** What one kind of server does in its own way. `Found` is an account and how it keeps its passwords. */
export interface Dialect<Found extends Account, Facts> {
  readonly flavour: Flavour;
  readonly nameRules: NameRules;
  /** The first version whose users can have two passwords, for messages. */
  readonly secondPasswordSince: string;
  readonly readServerFacts: (session: Mysql2Session) => Promise<ServerFacts>;
  readonly accounts: Accounts<Found>;
  readonly passwords: Passwords<Found>;
  readonly parity: Parity<Found, Facts>;
}

/** How accounts are found. Both throw `TargetMisconfiguredError` for one whose password Rotor cannot change. */
export interface Accounts<Found extends Account> {
  /** The session's own; needs no privilege. */
  readonly readOwn: (session: Mysql2Session) => Promise<Found>;
  /** The only one of a user; undefined for none. */
  readonly find: (session: Mysql2Session, username: string) => Promise<Found | undefined>;
}

/** An account, and the password to give it. */
export interface AccountChange<Found extends Account> {
  readonly account: Found;
  readonly newPassword: Sensitive;
}

/** An account's new password, and the one that goes on working beside it. */
export interface DualChange<Found extends Account> extends AccountChange<Found> {
  readonly alsoKeep: Sensitive;
}

/** How the passwords of an account are changed, in a session that may be the account's own. */
export interface Passwords<Found extends Account> {
  /** Leaves one password. Safe to repeat. */
  readonly setOne: (session: Mysql2Session, change: AccountChange<Found>) => Promise<void>;
  /** Leaves the two; the one to keep works at every moment. */
  readonly setTwo: (session: Mysql2Session, change: DualChange<Found>) => Promise<void>;
  /** Whether {@link Passwords.setTwo} may find the two set already. */
  readonly mayRepeatTwo: boolean;
  /** Whether another account has this password and no other, told without trying to sign in. */
  readonly hasOnly: (session: Mysql2Session, change: AccountChange<Found>) => Promise<boolean>;
}

/** How two accounts are compared, and brought to parity. */
export interface Parity<Found extends Account, Facts> {
  /** Settles how the session reads and writes setups. */
  readonly settle: (session: Mysql2Session) => Promise<void>;
  /** The account that is to be the original's twin, as it was found or as it is to be created. */
  readonly twinOf: (original: Found, twin: { readonly username: string; readonly found: Found | undefined }) => Found;
  /** All that accounts are compared by. */
  readonly readFacts: (session: Mysql2Session, question: FactsQuestion<Found>) => Promise<Facts>;
  /** The statement that creates an account with the setup of another and a password that nobody knows. */
  readonly createLike: (
    session: Mysql2Session,
    twin: { readonly account: Found; readonly like: Facts },
  ) => Promise<string>;
  /** What is left to do for a pair; nothing, for one at parity. */
  readonly plan: (pair: FactsOfPair<Facts>, admin: string) => readonly ParityStatement[];
  /** The part of {@link Parity.plan} that the alternate lacks. */
  readonly planAlternate: (pair: FactsOfPair<Facts>, admin: string) => readonly ParityStatement[];
}

/** Whose facts to read, and the two accounts of the pair: either may be a role of the other, which is no right to give. */
export interface FactsQuestion<Found extends Account> {
  readonly account: Found;
  readonly pair: readonly Account[];
  readonly step: StatementStep;
}

/** Two accounts, of which the original's setup counts, and the rights of both. */
export interface FactsOfPair<Facts> {
  readonly original: Facts;
  readonly alternate: Facts;
}

/** A statement that brings two accounts to parity, and what lets a superuser run it who may not. */
export interface ParityStatement {
  readonly text: string;
  readonly remedy: string;
}
