import { isDeepStrictEqual } from 'node:util';
import { applyEdits, getNodeValue, modify, parseTree, type Node, type ParseError } from 'jsonc-parser';
import { MalformedSecretError } from './errors';
import { Sensitive } from './sensitive';

/**
 * What a secret of AWS's database JSON says
 * (Secrets Manager user guide, "JSON structure of AWS Secrets Manager secrets").
 */
export interface ConnectionSecret {
  readonly engine: string;
  readonly host: string;
  /** Absent: the engine's own default. */
  readonly port?: number;
  readonly username: string;
  readonly password: Sensitive;
  /** Absent: the engine's own default. */
  readonly dbname?: string;
  /** Whether the connection uses verified TLS. Only `"ssl": false` in the secret switches it off. */
  readonly tls: boolean;
  /** The certificate authorities to trust, as PEM: `sslrootcert` in the secret. Absent: those that the worker trusts. */
  readonly ca?: string;
  /** The ARN of the superuser's secret: AWS's key for the alternating-users strategy. */
  readonly masterarn?: string;
}

/** What a rotation may change in a secret. */
export interface CredentialChange {
  readonly password: Sensitive;
  readonly username?: string;
}

/**
 * The text of a secret, understood.
 *
 * A changed value differs from the original only in the text of the changed members: unknown keys, the order of keys,
 * the types of values, long numbers and white space stay as they are.
 */
export class SecretValue {
  private constructor(
    /** The text as it is stored. */
    readonly text: Sensitive,
    /** What the text says. */
    readonly connection: ConnectionSecret,
  ) {}

  /**
   * Reads a secret's text.
   *
   * @throws MalformedSecretError naming the key that is missing, doubled or of the wrong type.
   */
  static parse(text: Sensitive): SecretValue {
    return new SecretValue(text, readConnection(membersOf(text.reveal())));
  }

  /**
   * Reads a superuser's secret. What it leaves out, as one that RDS manages does, is that of the secret it serves.
   *
   * @throws MalformedSecretError
   */
  static parseSuperuser(text: Sensitive, served: ConnectionSecret): ConnectionSecret {
    const { engine, host, port, ssl } = { ...served, ssl: served.tls };
    const defaults = new Map<string, unknown>(Object.entries({ engine, host, port, ssl }));
    const superuser = readConnection(new Map([...defaults, ...membersOf(text.reveal())]));
    const { dbname, ca } = served;
    return { ...superuser, ...(dbname === undefined ? {} : { dbname }), ...(ca === undefined ? {} : { ca }) };
  }

  /** The same secret with another credential. */
  withCredential({ password, username }: CredentialChange): SecretValue {
    let text = replaceMember(this.text.reveal(), { key: 'password', value: password.reveal() });
    if (username !== undefined) text = replaceMember(text, { key: 'username', value: username });
    return SecretValue.parse(new Sensitive(text));
  }

  /** Whether another value says the same but for username and password; order of keys and white space do not count. */
  differsInCredentialOnly(other: SecretValue): boolean {
    return isDeepStrictEqual(withoutCredential(this), withoutCredential(other));
  }
}

function withoutCredential({ text }: SecretValue): Members {
  return new Map([...membersOf(text.reveal())].filter(([key]) => key !== 'username' && key !== 'password'));
}

type Members = ReadonlyMap<string, unknown>;

function membersOf(text: string): Members {
  const root = parseJson(text);
  if (root?.type !== 'object') {
    throw new MalformedSecretError("The secret is not a JSON object. Store it in AWS's JSON for databases.");
  }
  const members = new Map<string, unknown>();
  for (const property of root.children ?? []) addMember(members, property);
  return members;
}

/** Undefined for a text that is not JSON, or that is nested more deeply than the stack is. */
function parseJson(text: string): Node | undefined {
  const errors: ParseError[] = [];
  try {
    const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
    return errors.length > 0 ? undefined : root;
  } catch (err) {
    if (err instanceof RangeError) return undefined;
    throw err;
  }
}

function addMember(members: Map<string, unknown>, property: Node): void {
  const [key, value] = property.children ?? [];
  const name = String(key?.value);
  if (members.has(name)) {
    throw new MalformedSecretError(`The secret's JSON has the key "${name}" twice. Keep one of them.`);
  }
  members.set(name, value && getNodeValue(value));
}

function readConnection(members: Members): ConnectionSecret {
  const port = readPort(members);
  const optional = { dbname: 'dbname', ca: 'sslrootcert', masterarn: 'masterarn' } as const;
  return {
    engine: readText(members, 'engine'),
    host: readText(members, 'host'),
    ...(port === undefined ? {} : { port }),
    username: readText(members, 'username'),
    password: new Sensitive(readText(members, 'password')),
    tls: readTls(members),
    ...readOptionalTexts(members, optional),
  };
}

/** The members that are there, under the names that they have here. */
function readOptionalTexts<Name extends string>(
  members: Members,
  keys: Readonly<Record<Name, string>>,
): Partial<Record<Name, string>> {
  const texts: Partial<Record<Name, string>> = {};
  for (const name of Object.keys(keys) as Name[]) {
    const text = readOptionalText(members, keys[name]);
    if (text !== undefined) texts[name] = text;
  }
  return texts;
}

function readText(members: Members, key: string): string {
  const value = members.get(key);
  if (value === undefined) throw new MalformedSecretError(`The secret's JSON lacks the key "${key}". Add it.`);
  if (typeof value !== 'string' || value === '' || value.includes('\0')) {
    throw new MalformedSecretError(`"${key}" in the secret's JSON is not a usable text. Correct it.`);
  }
  return value;
}

/** Present and neither null nor empty: AWS's templates take both for absent. */
function readOptionalText(members: Members, key: string): string | undefined {
  const value = members.get(key);
  return value === undefined || value === null || value === '' ? undefined : readText(members, key);
}

function readPort(members: Members): number | undefined {
  const value = members.get('port');
  if (value === undefined || value === null || value === '') return undefined;
  const port = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new MalformedSecretError('"port" in the secret\'s JSON is not a port number. Correct it.');
  }
  return port;
}

/** AWS's reading of `ssl`, without its fallback: only false means plaintext. */
function readTls(members: Members): boolean {
  const value = members.get('ssl');
  return !(value === false || (typeof value === 'string' && value.toLowerCase() === 'false'));
}

function replaceMember(text: string, { key, value }: { key: string; value: string }): string {
  return applyEdits(text, modify(text, [key], value, {}));
}
