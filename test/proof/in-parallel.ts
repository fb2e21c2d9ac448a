/** How many rotations are carried out side by side: enough to keep a small machine busy, and no server at its limits. */
const width = 6;

/** Does something for each of a list, several at a time, and tells what came of each, in order. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const work = async (): Promise<void> => {
    for (const [at, item] of queue) results[at] = await act(item);
  };
  await Promise.all(Array.from({ length: width }, work));
  return results;
}
