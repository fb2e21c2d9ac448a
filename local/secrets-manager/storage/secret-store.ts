import { type Caller, type Catalog } from '../service/operation';
import { type Secret } from '../service/secret';
import { type ChangeLog, memoryLog } from './change-log';
import { Journal } from './journal';
import { type JournalPlace, openJournal, type OpenJournal } from './open-journal';
import { changeRecord, type SecretRecord } from './secret-record';

interface Undo {
  readonly arn: string;
  readonly before: Secret | undefined;
}

/**
 * The secrets, and the log that their changes go to.
 *
 * A change is visible at once and durable once its promise settles. What is lost is taken back before anybody is told.
 */
export class SecretStore implements Catalog {
  readonly #secrets: Map<string, Secret>;
  readonly #arns = new Map<string, string>();
  readonly #unsettled = new Map<string, Promise<void>>();
  #undo: Undo[] = [];
  #log: ChangeLog = memoryLog;
  #unlock = (): Promise<void> => Promise.resolve();

  private constructor(secrets: Map<string, Secret>) {
    this.#secrets = secrets;
    for (const secret of secrets.values()) this.#arns.set(nameKey(secret, secret.name), secret.arn);
  }

  /** Opens the store of a folder, or one that is in memory only. */
  static async open(place: JournalPlace | undefined): Promise<SecretStore> {
    if (place === undefined) return SecretStore.keptBy(memoryLog);
    const journal = await openJournal(place);
    const store = new SecretStore(journal.secrets);
    store.#keepIn(journal);
    return store;
  }

  /** An empty store whose changes go to this log. */
  static keptBy(log: ChangeLog): SecretStore {
    const store = new SecretStore(new Map());
    store.#log = log;
    return store;
  }

  byArn(arn: string): Secret | undefined {
    return this.#secrets.get(arn);
  }

  byName(caller: Caller, name: string): Secret | undefined {
    return this.#secrets.get(this.#arns.get(nameKey(caller, name)) ?? '');
  }

  *all({ accountId, region }: Caller): Iterable<Secret> {
    for (const secret of this.#secrets.values()) {
      if (secret.accountId === accountId && secret.region === region) yield secret;
    }
  }

  /** Every secret of every account and Region. */
  everything(): Iterable<Secret> {
    return this.#secrets.values();
  }

  /** Makes changes; settles once they are durable. Readers of these secrets can wait for that too. */
  commit(secrets: readonly Secret[]): Promise<void> {
    const kept = this.#append(secrets.map((secret) => this.#put(secret)));
    for (const { arn } of secrets) {
      this.#unsettled.set(arn, kept);
      const settle = (): void => {
        if (this.#unsettled.get(arn) === kept) this.#unsettled.delete(arn);
      };
      kept.then(settle, settle);
    }
    return kept;
  }

  /** Makes changes that are worth keeping and not worth waiting for. */
  note(secrets: readonly Secret[]): void {
    this.#append(secrets.map((secret) => this.#put(secret))).catch(() => undefined);
  }

  /** Removes secrets for good. */
  async remove(secrets: readonly Secret[]): Promise<void> {
    await this.#append(secrets.map((secret) => this.#drop(secret)));
  }

  /** Settles once what is known of a secret is durable; undefined where it is already. */
  whenDurable(arn: string): Promise<void> | undefined {
    return this.#unsettled.get(arn);
  }

  async close(): Promise<void> {
    await this.#log.close();
    await this.#unlock();
  }

  #keepIn({ path, key, file, unlock }: OpenJournal): void {
    const snapshot = (): Secret[] => [...this.#secrets.values()];
    this.#log = new Journal({
      path,
      key,
      file,
      snapshot,
      onLost: () => {
        this.#takeBack();
      },
    });
    this.#unlock = unlock;
  }

  #put(secret: Secret): SecretRecord {
    const before = this.#secrets.get(secret.arn);
    this.#undo.push({ arn: secret.arn, before });
    this.#secrets.set(secret.arn, secret);
    this.#arns.set(nameKey(secret, secret.name), secret.arn);
    return changeRecord(before, secret);
  }

  #drop(secret: Secret): SecretRecord {
    this.#undo.push({ arn: secret.arn, before: this.#secrets.get(secret.arn) });
    this.#forget(secret);
    return { gone: secret.arn };
  }

  #forget({ arn, name, ...caller }: Secret): void {
    this.#secrets.delete(arn);
    if (this.#arns.get(nameKey(caller, name)) === arn) this.#arns.delete(nameKey(caller, name));
  }

  async #append(records: readonly SecretRecord[]): Promise<void> {
    await this.#log.append(records);
    this.#undo.splice(0, records.length);
  }

  /** Newest first, back to the last state that is known to be durable. */
  #takeBack(): void {
    for (const { arn, before } of this.#undo.splice(0).reverse()) {
      const present = this.#secrets.get(arn);
      if (before !== undefined) {
        this.#secrets.set(arn, before);
        this.#arns.set(nameKey(before, before.name), arn);
      } else if (present !== undefined) this.#forget(present);
    }
  }
}

function nameKey({ accountId, region }: Caller, name: string): string {
  return `${accountId} ${region} ${name}`;
}
