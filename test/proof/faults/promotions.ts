import { holderOf } from '../../../rotation/staging-labels';
import { type Ground } from '../ground/ground';
import { type Arranged } from '../state-table/arrange';
import { type Call, isReading } from './boundary';

/** Counts how often AWSCURRENT goes to another version while a rotation writes. */
export class Promotions {
  /** How often it did. */
  count = 0;
  readonly #secrets: Ground['secrets'];
  readonly #secretId: string;
  #holder: string | undefined;
  /** One look after the other, so that an older one cannot be taken for a newer one. */
  #looking: Promise<void> = Promise.resolve();

  constructor({ secrets }: Pick<Ground, 'secrets'>, { request, startVersionId }: Arranged) {
    this.#secrets = secrets;
    this.#secretId = request.secretId;
    this.#holder = startVersionId;
  }

  /** Makes a call, and looks where AWSCURRENT is after it. */
  async watch(call: Call, make: () => Promise<unknown>): Promise<unknown> {
    try {
      return await make();
    } finally {
      if (call.name.startsWith('store.') && !isReading(call))
        await (this.#looking = this.#looking.then(() => this.#look()));
    }
  }

  async #look(): Promise<void> {
    const holder = holderOf(await this.#secrets.labels(this.#secretId), 'AWSCURRENT');
    if (holder !== this.#holder) this.count += 1;
    this.#holder = holder;
  }
}
