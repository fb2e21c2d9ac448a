import { type NativeConnection } from '@temporalio/worker';
import { lastRotationAttribute } from '../rotation/last-rotation-attribute';
import { searchAttributes } from '../workflows/search-attributes';

/** Temporal's numbers for the types. */
const numbers = { KEYWORD: 2, DATETIME: 6 } as const;
const deadlineMs = 5_000;

const attributes = [...Object.values(searchAttributes), lastRotationAttribute];
const types = Object.fromEntries(attributes.map(({ name, type }) => [name, numbers[type]]));

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
  const refused = await ask(() =>
    connection.operatorService.addSearchAttributes({ namespace, searchAttributes: types }),
  ).then(
    () => undefined,
    (err: unknown) => (err instanceof Error ? err.message : 'refused'),
  );
  try {
    const { customAttributes } = await ask(() => connection.operatorService.listSearchAttributes({ namespace }));
    const missing = attributes.filter(({ name }) => Number(customAttributes[name]) !== types[name]);
    if (missing.length === 0) return undefined;
    const wanted = missing.map(({ name, type }) => `${name} of type ${type === 'KEYWORD' ? 'Keyword' : 'Datetime'}`);
    return `${wanted.join(', ')}: ${refused ?? 'of another type in this namespace'}`;
  } catch {
    return refused ?? 'the server does not tell which there are';
  }
}
