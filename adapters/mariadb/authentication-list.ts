import { isNativeHash } from '../mysql2/native-hash';

/** One of the ways in which an account may sign in, as MariaDB lists them between `VIA` and `OR`. */
export interface Authentication {
  readonly plugin: string;
  /** What the plugin keeps: a hash, or a rule of its own. */
  readonly using?: string;
}

/** The plugin whose hashes Rotor computes. */
export const nativePlugin = 'mysql_native_password';

/** One item of the list, as `SHOW CREATE USER` writes it under `NO_BACKSLASH_ESCAPES` and otherwise. */
const item = /([A-Za-z0-9_]+)(?: USING '((?:[^']|'')*)')?(?: OR |(?= |$))/y;

/**
 * The ways in which an account may sign in, out of its `SHOW CREATE USER`. None for one that is written in a way that
 * Rotor does not know.
 */
export function parseAuthentications(createUser: string): readonly Authentication[] {
  const old = / IDENTIFIED BY PASSWORD '([^']*)'/.exec(createUser);
  if (old?.[1] !== undefined) return [{ plugin: nativePlugin, using: old[1] }];
  const via = / IDENTIFIED VIA /.exec(createUser);
  return via ? readItems(createUser, via.index + via[0].length) : [];
}

function readItems(text: string, start: number): Authentication[] {
  const found: Authentication[] = [];
  item.lastIndex = start;
  for (let match = item.exec(text); match; match = item.exec(text)) {
    const [whole, plugin = '', using] = match;
    found.push({ plugin, ...(using === undefined ? {} : { using: using.replaceAll("''", "'") }) });
    if (!whole.endsWith(' OR ')) return found;
  }
  return [];
}

/** A hash that signs in by the native plugin. */
export function nativeAuthentication(hash: string): Authentication {
  return { plugin: nativePlugin, using: hash };
}

/**
 * The list as `ALTER USER` takes it. Repeating it changes nothing.
 *
 * @throws TypeError for a hash of the native plugin that is none, a plugin that is no name, and an empty list.
 */
export function renderAuthentications(list: readonly Authentication[]): string {
  if (list.length === 0) throw new TypeError('An account signs in somehow.');
  return `IDENTIFIED VIA ${list.map(renderOne).join(' OR ')}`;
}

function renderOne({ plugin, using }: Authentication): string {
  if (!/^[A-Za-z0-9_]+$/.test(plugin)) throw new TypeError('Not the name of a plugin.');
  if (plugin === nativePlugin && !isNativeHash(using ?? '')) {
    throw new TypeError('Not a hash of mysql_native_password: it is not sent.');
  }
  return using === undefined ? plugin : `${plugin} USING '${using.replaceAll("'", "''")}'`;
}

/** The passwords that an account is to have: the new one first, and the one to keep beside it. */
export interface DualPassword {
  readonly newHash: string;
  readonly oldHash: string;
}

/**
 * The list with two passwords in place of all that it has; other ways to sign in stay behind them. Restating it is
 * harmless, so that nobody has to know whether it was done before.
 */
export function withTwoPasswords(
  list: readonly Authentication[],
  { newHash, oldHash }: DualPassword,
): readonly Authentication[] {
  const passwords = newHash === oldHash ? [newHash] : [newHash, oldHash];
  return [...passwords.map(nativeAuthentication), ...withoutPasswords(list)];
}

/** The list with one password in place of all that it has. */
export function withOnePassword(list: readonly Authentication[], hash: string): readonly Authentication[] {
  return [nativeAuthentication(hash), ...withoutPasswords(list)];
}

function withoutPasswords(list: readonly Authentication[]): readonly Authentication[] {
  return list.filter(({ plugin }) => plugin !== nativePlugin);
}
