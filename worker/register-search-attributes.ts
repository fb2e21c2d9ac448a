import { type NativeConnection } from '@temporalio/worker';
import { searchAttributes } from '../workflows/search-attributes';

/** Temporal's number for the type Keyword. */
const keyword = 2;
const deadlineMs = 5_000;

const names = Object.values(searchAttributes).map(({ name }) => name);

/**
 * Gives the namespace Rotor's search attributes where that is allowed. Safe to repeat. Returns why rotations cannot be
 * searched by them, or undefined when they can.
 *
 * A name that exists keeps its type, whatever it is, so the types are looked at afterwards.
 */
export async function registerSearchAttributes(
  connection: NativeConnection,
  namespace: string,
): Promise<string | undefined> {
  const ask = <Answer>(call: () => Promise<Answer>): Promise<Answer> =>
    connection.withDeadline(Date.now() + deadlineMs, call);
  const types = Object.fromEntries(names.map((name) => [name, keyword]));
  const refused = await ask(() =>
    connection.operatorService.addSearchAttributes({ namespace, searchAttributes: types }),
  ).then(
    () => undefined,
    (err: unknown) => (err instanceof Error ? err.message : 'refused'),
  );
  try {
    const { customAttributes } = await ask(() => connection.operatorService.listSearchAttributes({ namespace }));
    const missing = names.filter((name) => Number(customAttributes[name]) !== keyword);
    if (missing.length === 0) return undefined;
    return `${missing.join(', ')} of type Keyword: ${refused ?? 'of another type in this namespace'}`;
  } catch {
    return refused ?? 'the server does not tell which there are';
  }
}
