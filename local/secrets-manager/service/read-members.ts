import { serializationError } from './front-door-error';
import { type BlobMember, type InputOf, type ListMember, type Member, type Members, type TextMember } from './members';
import { invalidParameter, ServiceError } from './service-error';

interface Given {
  /** The member's name as the caller wrote it, with its place in a list. */
  readonly path: string;
  readonly value: unknown;
}

const jsonTypes: Readonly<Record<string, string>> = { string: 'STRING_VALUE', number: 'NUMBER_VALUE' };

const nameCharacters = /^[A-Za-z0-9/_+=.@!-]+$/;

/**
 * Reads a request body by an operation's table of members.
 *
 * Types are checked before bounds. Unknown members are ignored and `null` counts as absent. No message holds the value.
 *
 * @throws ServiceError `SerializationException` for a wrong type, `ValidationException` for a bad name,
 * `InvalidParameterException` for a bound.
 */
export function readMembers<M extends Members>(members: M, body: unknown): InputOf<M> {
  checkTypes({ kind: 'structure', members }, { path: '', value: body });
  // The table says what the types are, and both checks have just been made.
  return readStructure(members, { path: '', value: body }) as InputOf<M>;
}

function checkTypes(member: Member, { path, value }: Given): void {
  if (value === undefined || value === null) return;
  if (!hasType(member, value)) throw serializationError(`${typeOf(value)} can not be converted to ${wanted(member)}`);
  if (member.kind === 'list') for (const item of value as unknown[]) checkTypes(member.of, { path, value: item });
  if (member.kind !== 'structure') return;
  for (const [name, nested] of Object.entries(member.members)) {
    checkTypes(nested, { path: name, value: memberOf(value, name) });
  }
}

function hasType(member: Member, value: unknown): boolean {
  if (member.kind === 'integer') return Number.isSafeInteger(value);
  if (member.kind === 'flag') return typeof value === 'boolean';
  if (member.kind === 'list') return Array.isArray(value);
  if (member.kind === 'structure') return typeof value === 'object' && !Array.isArray(value);
  return typeof value === 'string';
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'START_ARRAY';
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
  return jsonTypes[typeof value] ?? 'START_OBJECT';
}

function wanted({ kind }: Member): string {
  return { text: 'String', integer: 'Integer', flag: 'Boolean', blob: 'Blob', list: 'List', structure: 'Structure' }[
    kind
  ];
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name] ?? undefined;
}

function readStructure(members: Members, { path, value }: Given): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(members)) {
    const given = { path: path === '' ? name : `${path}.${name}`, value: memberOf(value, name) };
    if (given.value !== undefined) input[name] = readMember(member, given);
    else if (member.required === true)
      throw invalidParameter(`You must provide a value for the ${given.path} parameter.`);
  }
  return input;
}

function readMember(member: Member, given: Given): unknown {
  if (member.kind === 'text') return readText(member, given);
  if (member.kind === 'blob') return readBlob(member, given);
  if (member.kind === 'list') return readList(member, given);
  if (member.kind === 'structure') return readStructure(member.members, given);
  if (member.kind === 'integer') checkBounds(member, { given, size: given.value as number, unit: '' });
  return given.value;
}

function readText(member: TextMember, given: Given): string {
  const text = given.value as string;
  checkName(member, text);
  const size = member.bytes === true ? Buffer.byteLength(text) : text.length;
  checkBounds(member, { given, size, unit: member.bytes === true ? ' bytes' : ' characters' });
  const matches = member.pattern?.test(text) ?? member.oneOf?.includes(text) ?? true;
  if (!matches) throw invalidParameter(`The value of the ${given.path} parameter is not valid.`);
  return text;
}

function checkName({ format }: TextMember, text: string): void {
  if (format === undefined || text === '') return;
  const name = format === 'secretId' && text.startsWith('arn:') ? text.split(':').slice(6).join(':') : text;
  if (nameCharacters.test(name)) return;
  const allowed = 'alphanumeric characters, or any of the following: -/_+=.@!';
  throw new ServiceError('ValidationException', `Invalid name. Must be a valid name containing ${allowed}`);
}

function readBlob(member: BlobMember, given: Given): string {
  const text = given.value as string;
  const bytes = Buffer.from(text, 'base64');
  const canonical = bytes.toString('base64');
  if (text.replace(/=+$/, '') !== canonical.replace(/=+$/, '')) throw serializationError('Invalid base64 value');
  checkBounds(member, { given, size: bytes.length, unit: ' bytes' });
  return canonical;
}

function readList(member: ListMember, given: Given): unknown[] {
  const items = given.value as unknown[];
  checkBounds(member, { given, size: items.length, unit: ' items' });
  return items.map((value, index) => {
    if (value === null) throw serializationError('A list item can not be null');
    return readMember(member.of, { path: `${given.path}[${index}]`, value });
  });
}

function checkBounds(
  { min = -Infinity, max = Infinity }: { readonly min?: number; readonly max?: number },
  { given, size, unit }: { readonly given: Given; readonly size: number; readonly unit: string },
): void {
  if (size >= min && size <= max) return;
  const rule = min === -Infinity ? `at most ${max}${unit}` : `${min}-${max}${unit}`;
  throw invalidParameter(
    `${given.path} must be ${unit === '' ? 'in the range ' : ''}${rule}${unit === '' ? '' : ' long'}.`,
  );
}
