import { createControls } from '../../../local/secrets-manager/controls/controls';
import { operations } from '../../../local/secrets-manager/operations';
import { runOperation } from '../../../local/secrets-manager/run-operation';
import { type Secret } from '../../../local/secrets-manager/service/secret';
import { Journal } from '../../../local/secrets-manager/storage/journal';
import { type JournalEnd, type RecordFile } from '../../../local/secrets-manager/storage/journal-file';
import { SecretStore } from '../../../local/secrets-manager/storage/secret-store';
import { until, version } from './scenario';

/** A file whose flushes take as long as the test likes, and may fail. */
class SlowFile implements RecordFile {
  readonly length = 0;
  readonly batches: (readonly string[])[] = [];
  readonly cuts: JournalEnd[] = [];
  /** Called while a file is cut back. */
  whileCut: () => void = () => undefined;
  readonly #flushes: { resolve: () => void; reject: (error: Error) => void }[] = [];

  append(texts: readonly string[]): Promise<void> {
    this.batches.push(texts);
    return Promise.resolve();
  }

  flush(): Promise<void> {
    return new Promise((resolve, reject) => this.#flushes.push({ resolve, reject }));
  }

  mark(): JournalEnd {
    return { journalId: 'id', length: 0, sequence: this.batches.length };
  }

  cutBack(mark: JournalEnd): Promise<void> {
    this.cuts.push(mark);
    this.whileCut();
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async finishFlush(error?: Error): Promise<void> {
    await until(() => this.#flushes.length > 0, 'nothing is being flushed');
    const flush = this.#flushes.shift();
    if (error === undefined) flush?.resolve();
    else flush?.reject(error);
  }
}

describe('group commit', () => {
  const gone = (arn: string): [{ gone: string }] => [{ gone: arn }];
  let file: SlowFile;
  let lost: number;

  beforeEach(() => {
    file = new SlowFile();
    lost = 0;
  });

  function journal(): Journal {
    const onLost = (): void => {
      lost += 1;
    };
    return new Journal({ path: '', key: Buffer.alloc(32), file, snapshot: (): Secret[] => [], onLost });
  }

  it('settles nothing before the flush, and lets all that came meanwhile share the next one', async () => {
    const log = journal();
    const settled: string[] = [];
    const kept = ['a', 'b', 'c', 'd'].map((arn) => log.append(gone(arn)).then(() => settled.push(arn)));

    await until(() => file.batches.length === 1, 'nothing was written');
    expect(settled).toEqual([]);
    await file.finishFlush();
    await until(() => file.batches.length === 2, 'nothing more was written');
    expect(settled).toEqual(['a']);
    await file.finishFlush();
    await Promise.all(kept);

    expect(settled).toEqual(['a', 'b', 'c', 'd']);
    expect(file.batches.map((texts) => texts.length)).toEqual([1, 3]);
  });

  it('takes back what a failed flush leaves, and what was waiting behind it, and goes on', async () => {
    const log = journal();
    const kept = ['a', 'b'].map((arn) => log.append(gone(arn)));
    const outcomes = Promise.allSettled(kept);
    await file.finishFlush(new Error('no space'));

    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect([lost, file.cuts.map(({ sequence }) => sequence)]).toEqual([1, [0]]);
    const next = log.append(gone('c'));
    await file.finishFlush();
    await expect(next).resolves.toBeUndefined();
  });

  it('keeps what comes once the store has taken back what was lost', async () => {
    const log = journal();
    let later: Promise<void> | undefined;
    file.whileCut = () => {
      later = log.append(gone('b'));
    };

    const outcome = Promise.allSettled([log.append(gone('a'))]);
    await file.finishFlush(new Error('no space'));
    await outcome;
    await file.finishFlush();

    expect(lost).toBe(1);
    await expect(later).resolves.toBeUndefined();
  });

  it('tells no reader of a value that a crash could still take back', async () => {
    const log = journal();
    const store = SecretStore.keptBy(log);
    const parts = {
      store,
      controls: createControls({}),
      invoker: { canInvoke: () => Promise.resolve(false), invoke: () => Promise.resolve() },
      onRotationChange: () => undefined,
    };
    const caller = { accountId: '0', region: 'us-east-1' };
    const call = (name: string, body: unknown): Promise<unknown> => {
      const operation = operations.get(name);
      return operation === undefined
        ? Promise.reject(new Error(name))
        : runOperation(parts, { operation, caller, body });
    };

    const created = call('CreateSecret', { Name: 'a', ClientRequestToken: version(1), SecretString: 'x' });
    let read: unknown;
    const reading = call('GetSecretValue', { SecretId: 'a' }).then((answer) => (read = answer));
    await until(() => file.batches.length === 1, 'nothing was written');
    expect(read).toBeUndefined();
    await file.finishFlush();
    await Promise.all([created, reading]);

    expect(read).toMatchObject({ SecretString: 'x' });
  });
});
