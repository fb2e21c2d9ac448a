import { quoteIdentifier, quoteLiteral } from './postgres-statements';
import {
  type DefaultGrant,
  type Membership,
  type ObjectGrant,
  type RoleAttributes,
  type RoleSetting,
} from './role-facts';

/** One statement that brings a role closer to parity, as it is sent and as it is told. */
export interface RoleStatement {
  readonly text: string;
  /** What it brings about, for a message: without the value of a setting. */
  readonly purpose: string;
  /** What to run so that the superuser of a secret, who need not be a real one, may run the statement. */
  readonly remedy: string;
}

/** Who runs statements, and where. */
export interface StatementWriter {
  readonly admin: string;
  /** The server's `server_version_num`. */
  readonly version: number;
}

/** Settings whose value is a list of names, each of which is quoted by itself (pg_dump has the same list). */
const listsOfNames = new Set([
  'local_preload_libraries',
  'search_path',
  'session_preload_libraries',
  'shared_preload_libraries',
  'temp_tablespaces',
  'unix_socket_directories',
]);

/** Makes a user that can sign in once it has a password. */
export function createRole(name: string, { admin }: StatementWriter): RoleStatement {
  return {
    text: `CREATE ROLE ${quoteIdentifier(name)} LOGIN`,
    purpose: `the user ${quoteIdentifier(name)}`,
    remedy: `ALTER ROLE ${quoteIdentifier(admin)} CREATEROLE`,
  };
}

/** Gives a role one attribute; for what is true or false the word is `CREATEDB` or `NOCREATEDB`. */
export function setAttribute(
  { name, attribute }: { name: string; attribute: keyof Omit<RoleAttributes, 'name'> },
  { value, writer }: { value: boolean | number | string; writer: StatementWriter },
): RoleStatement {
  const words = attributeWords(attribute, value);
  const text = `ALTER ROLE ${quoteIdentifier(name)} ${words}`;
  const isPower = attribute === 'createdb' || attribute === 'bypassrls' || attribute === 'replication';
  return { text, purpose: words, remedy: isPower ? text : mayAlter(name, writer) };
}

/** Makes a role a member of another one. What the membership is good for already stays. */
export function grantRole(membership: Membership, writer: StatementWriter): RoleStatement {
  const { member, role, admin, inherit, set } = membership;
  const [quoted, to] = [quoteIdentifier(role), quoteIdentifier(member)];
  const options =
    writer.version >= 160_000
      ? ` WITH ADMIN ${word(admin)}, INHERIT ${word(inherit)}, SET ${word(set)}`
      : admin
        ? ' WITH ADMIN OPTION'
        : '';
  const text = `GRANT ${quoted} TO ${to}${options}`;
  return { text, purpose: `the membership of ${to} in ${quoted}`, remedy: mayAlter(role, writer) };
}

/** Sets for a role what is set for another one. */
export function setForRole(setting: RoleSetting, writer: StatementWriter): RoleStatement {
  const { role, name, value } = setting;
  const isRole = name === 'role';
  return {
    text: `${alterIn(setting)} SET ${quoteSettingName(name)} TO ${settingValue(name, value)}`,
    purpose: `the setting ${name}`,
    remedy: isRole ? mayAlter(value, writer) : `${mayAlter(role, writer)}; ${maySet(name, writer)}`,
  };
}

/** Takes a setting away from a role. */
export function resetForRole(setting: RoleSetting, writer: StatementWriter): RoleStatement {
  return {
    text: `${alterIn(setting)} RESET ${quoteSettingName(setting.name)}`,
    purpose: `no setting ${setting.name}`,
    remedy: `${mayAlter(setting.role, writer)}; ${maySet(setting.name, writer)}`,
  };
}

/** Grants to a role what another one is granted. */
export function grantOnObject(grant: ObjectGrant, grantee: string): RoleStatement {
  const { privilege, kind, object, column, grantable } = grant;
  const on = column === null ? '' : ` (${quoteIdentifier(column)})`;
  const what = `${keyword(privilege)}${on} ON ${kind} ${object}`;
  const text = `GRANT ${what} TO ${quoteIdentifier(grantee)}${grantable ? ' WITH GRANT OPTION' : ''}`;
  return { text, purpose: what, remedy: text };
}

/** Grants a privilege on objects to come. */
export function grantByDefault(grant: DefaultGrant): RoleStatement {
  const { creator, schema, kind, privilege, grantee, grantable } = grant;
  const where = schema === null ? '' : ` IN SCHEMA ${quoteIdentifier(schema)}`;
  const to = grantee === null ? 'PUBLIC' : quoteIdentifier(grantee);
  const text =
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${quoteIdentifier(creator)}${where} ` +
    `GRANT ${keyword(privilege)} ON ${kind} TO ${to}${grantable ? ' WITH GRANT OPTION' : ''}`;
  return { text, purpose: `the default privilege ${privilege} ON ${kind}`, remedy: text };
}

/** Gives all that a role owns in this database to another one; nothing of it is lost. */
export function giveAway({ owner, to }: { owner: string; to: string }, { admin }: StatementWriter): RoleStatement {
  const [from, heir] = [quoteIdentifier(owner), quoteIdentifier(to)];
  return {
    text: `REASSIGN OWNED BY ${from} TO ${heir}`,
    purpose: `the ownership of what ${from} owns`,
    remedy: `GRANT ${from}, ${heir} TO ${quoteIdentifier(admin)}`,
  };
}

function mayAlter(role: string, { admin, version }: StatementWriter): string {
  const to = quoteIdentifier(admin);
  return version >= 160_000
    ? `ALTER ROLE ${to} CREATEROLE; GRANT ${quoteIdentifier(role)} TO ${to} WITH ADMIN OPTION`
    : `ALTER ROLE ${to} CREATEROLE; GRANT ${quoteIdentifier(role)} TO ${to}`;
}

function maySet(name: string, { admin }: StatementWriter): string {
  return `GRANT SET ON PARAMETER ${quoteSettingName(name)} TO ${quoteIdentifier(admin)}`;
}

function attributeWords(attribute: keyof Omit<RoleAttributes, 'name'>, value: boolean | number | string): string {
  if (attribute === 'connectionLimit') return `CONNECTION LIMIT ${Number(value)}`;
  if (attribute === 'validUntil') return `VALID UNTIL ${quoteLiteral(String(value))}`;
  return `${value === true ? '' : 'NO'}${attribute.toUpperCase()}`;
}

function alterIn({ role, database }: RoleSetting): string {
  const where = database === null ? '' : ` IN DATABASE ${quoteIdentifier(database)}`;
  return `ALTER ROLE ${quoteIdentifier(role)}${where}`;
}

/** The name of an extension's setting has a dot. */
function quoteSettingName(name: string): string {
  return name.split('.').map(quoteIdentifier).join('.');
}

function settingValue(name: string, value: string): string {
  if (!listsOfNames.has(name.toLowerCase())) return quoteLiteral(value);
  return namesIn(value).map(quoteLiteral).join(', ') || quoteLiteral('');
}

/** The names of a list as the server keeps it: `"$user", public`. */
function namesIn(list: string): string[] {
  const names = Array.from(list.matchAll(/"((?:[^"]|"")*)"|[^",\s]+/g));
  return names.map(([bare, quoted]) => (quoted === undefined ? bare : quoted.replaceAll('""', '"')));
}

/** What the catalog says is a privilege, and nothing else, becomes part of a statement. */
function keyword(privilege: string): string {
  if (!/^[A-Z]+( [A-Z]+)*$/.test(privilege)) throw new TypeError('Not the name of a privilege: it is not sent.');
  return privilege;
}

function word(isOn: boolean): string {
  return isOn ? 'TRUE' : 'FALSE';
}
