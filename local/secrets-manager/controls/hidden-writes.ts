import { type Caller, type Catalog } from '../service/operation';
import { type Secret } from '../service/secret';

interface Hidden {
  readonly before: Secret | undefined;
  readonly until: number;
}

/** Keeps the newest write of a secret from readers for a while, as an eventually consistent service may. */
export class HiddenWrites {
  readonly #hidden = new Map<string, Hidden>();

  /** Hides what is about to be written to a secret. */
  hide(arn: string, { before, ms }: { before: Secret | undefined; ms: number }): void {
    this.#hidden.set(arn, { before, until: performance.now() + ms });
  }

  /** The secrets as readers see them now. */
  view(catalog: Catalog): Catalog {
    for (const [arn, { until }] of this.#hidden) if (until <= performance.now()) this.#hidden.delete(arn);
    if (this.#hidden.size === 0) return catalog;
    const asSeen = (secret: Secret | undefined): Secret | undefined => {
      const hidden = secret === undefined ? undefined : this.#hidden.get(secret.arn);
      return hidden === undefined ? secret : hidden.before;
    };
    return {
      byArn: (arn) => asSeen(catalog.byArn(arn)),
      byName: (caller, name) => asSeen(catalog.byName(caller, name)),
      all: (caller: Caller) => [...catalog.all(caller)].map(asSeen).filter((secret) => secret !== undefined),
    };
  }
}
