import { type UserAccount } from '../../contracts/database-engine';

/** A row that a statement yields. */
export type Row = Readonly<Record<string, unknown>>;

/** Runs one statement on an open connection. */
export type RunStatement = (text: string) => Promise<readonly Row[]>;

/** The driver's own pool, made by one credential; its connections are replaced after a few statements each. */
export interface ConnectionPool {
  run(text: string): Promise<void>;
  /** Lets what runs end. */
  end(): Promise<void>;
}

/** Things on the server that an application's users are given, or make: as statements, so that anybody may run them. */
export interface RightsStatements {
  /** Lets a user make things; run as the superuser. */
  allowMaking(username: string): readonly string[];
  /** Makes things that only this user may use, and lets it use things to come; run as the superuser. */
  grant(to: { username: string; id: string }): readonly string[];
  /** Makes one of the things to come; run as the superuser. */
  makeLater(id: string, number: number): readonly string[];
  /** Makes things; run as the user. */
  make(by: { username: string; id: string }): readonly string[];
  /** Each can be run again and again by whoever may use what was granted. */
  useGranted(id: string): readonly string[];
  useLater(id: string, number: number): readonly string[];
  useMade(by: { username: string; id: string }): readonly string[];
}

/** A database server whose users are rotated, and what applications and administrators do there without Rotor. */
export interface TargetServer {
  /** What all secrets of its users hold: engine, address, database. */
  readonly members: Readonly<Record<string, unknown>>;
  readonly address: { readonly host: string; readonly port: number };
  readonly superuser: UserAccount;
  readonly rights: RightsStatements;
  /** Makes a user who may insert into a table of this name and count its rows, unseen by any log of the server. */
  createApplication(user: UserAccount & { readonly table: string }): Promise<void>;
  /** Grants what a user needs to set a hash as its own password. Safe to repeat. */
  allowOwnPassword(username: string): Promise<void>;
  /** Changes the password of a user by hand, unseen by any log of the server. */
  setPassword(user: UserAccount): Promise<void>;
  /** Takes the right to sign in from a user; run as the superuser. */
  block(username: string): string;
  /** Hands out a connection of its own. */
  inSession<T>(user: UserAccount, use: (run: RunStatement) => Promise<T>): Promise<T>;
  openPool(user: UserAccount): ConnectionPool;
  /** Signs in. False: the server refused the password. */
  signsIn(user: UserAccount): Promise<boolean>;
  /** Whether an error of the driver's says that the server refused the password. */
  isRefusal(error: unknown): boolean;
  stop(): Promise<void>;
}
