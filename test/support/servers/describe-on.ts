import { UnavailableError } from './run-tool';

/** Something that a suite needs: there, or the reason why it is not. */
export type Provision<T> = { readonly there: T } | { readonly missing: string };

/** What a suite needs, or why this machine does not have it. */
export function provide<T>(find: () => T): Provision<T> {
  try {
    return { there: find() };
  } catch (error) {
    if (error instanceof UnavailableError) return { missing: error.message };
    throw error;
  }
}

/** What is made from something that a suite needs, where that is there. */
export function whereThere<T, U>(provision: Provision<T>, make: (there: T) => U): Provision<U> {
  return 'there' in provision ? { there: make(provision.there) } : provision;
}

/**
 * A suite that needs something. Where it cannot be had the suite is skipped by name and with the reason; under `CI=true`
 * it fails, unless it may be missing there, as where another server was named for it.
 */
export function describeWith<T>(
  name: string,
  { provision, mayBeMissing = false }: { provision: Provision<T>; mayBeMissing?: boolean },
  suite: (there: T) => void,
): void {
  if ('there' in provision) {
    describe(name, () => {
      suite(provision.there);
    });
    return;
  }
  const title = `${name} (cannot be had: ${provision.missing})`;
  const report = process.env.CI === 'true' && !mayBeMissing ? it : it.skip;
  report(title, () => {
    throw new Error(title);
  });
}
