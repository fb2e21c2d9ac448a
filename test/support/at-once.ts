/**
 * Begins to work on all cases, so many at a time and in their order, and returns what hands out the end of each: a table
 * of rotations then takes as long as the slowest of them, and still has a test for each.
 */
export function atOnce<Case>(
  cases: readonly Case[],
  { limit = 16, work }: { limit?: number; work: (one: Case) => Promise<void> },
): (one: Case) => Promise<void> {
  const ends = new Map<Case, Promise<void>>();
  const lanes = Array.from({ length: limit }, () => Promise.resolve());
  cases.forEach((one, at) => {
    const end = (lanes[at % limit] ?? Promise.resolve()).then(() => work(one));
    ends.set(one, end);
    lanes[at % limit] = end.catch(() => undefined);
  });
  return (one) => ends.get(one) ?? Promise.reject(new Error('Not one of the cases.'));
}
