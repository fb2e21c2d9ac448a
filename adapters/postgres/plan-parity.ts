import { type Membership, type RoleAttributes, type RoleFacts, type RoleSetting } from './role-facts';
import { type RolePair } from './role-pair';
import {
  giveAway,
  grantByDefault,
  grantOnObject,
  grantRole,
  resetForRole,
  type RoleStatement,
  setAttribute,
  setForRole,
  type StatementWriter,
} from './role-statements';

/** What a plan is made from. */
export interface ParityInput {
  readonly pair: RolePair;
  readonly facts: RoleFacts;
  readonly writer: StatementWriter;
}

const powers = ['createdb', 'createrole', 'bypassrls', 'replication'] as const;

/**
 * The statements that bring two users to parity; none where they are.
 *
 * What a member holds by itself, because somebody granted it to that one or because it made something before it acted as
 * the shared role, is granted or given to the shared role too, and so to both. Nothing is revoked: a right that shall go
 * has to be revoked from all of them. Attributes and settings are the original's.
 */
export function planParity(input: ParityInput): RoleStatement[] {
  const { pair, facts, writer } = input;
  return [
    ...planAttributes(input),
    ...planMemberships(input),
    ...planSettings(input),
    ...facts.owners.map((owner) => giveAway({ owner, to: pair.shared }, writer)),
    ...facts.grants.map((grant) => grantOnObject(grant, pair.shared)),
    ...facts.defaults.map((grant) => grantByDefault(grant)),
  ];
}

/**
 * A shared user keeps the powers that it has: sessions of both act as it, so they are in force already. Whether it
 * inherits is its own matter too; its member must.
 */
function planAttributes({ pair, facts, writer }: ParityInput): RoleStatement[] {
  const original = attributesOf(facts, pair.original);
  const alternate = attributesOf(facts, pair.alternate);
  const isShared = pair.alternate === pair.shared;
  const isMemberOfOriginal = pair.original === pair.shared;
  const power = (name: (typeof powers)[number]): boolean => original[name] || (isShared && alternate[name]);
  const wanted: Omit<RoleAttributes, 'name'> = {
    login: true,
    inherit: isShared ? alternate.inherit : isMemberOfOriginal || original.inherit,
    connectionLimit: original.connectionLimit,
    validUntil: original.validUntil,
    createdb: power('createdb'),
    createrole: power('createrole'),
    bypassrls: power('bypassrls'),
    replication: power('replication'),
  };
  return attributeNames.flatMap((attribute) => {
    const value = wanted[attribute];
    if (value === alternate[attribute]) return [];
    return [setAttribute({ name: pair.alternate, attribute }, { value, writer })];
  });
}

const attributeNames = ['login', 'inherit', ...powers, 'connectionLimit', 'validUntil'] as const;

/** Members inherit the shared role and may become it; what else the giver is a member of, the taker becomes too. */
function planMemberships({ pair, facts, writer }: ParityInput): RoleStatement[] {
  const { original, alternate, shared, members } = pair;
  const [member = alternate] = members;
  const [giver, taker] = members.length > 1 ? [original, alternate] : [member, shared];
  const wanted = facts.memberships
    .filter((held) => held.member === giver && held.role !== shared && held.role !== taker)
    .map((held) => ({ ...held, member: taker }));
  const bond = {
    member: members.length > 1 ? alternate : member,
    role: shared,
    admin: false,
    inherit: true,
    set: true,
  };
  return [bond, ...wanted].flatMap((membership) => {
    const held = facts.memberships.find(({ member, role }) => member === membership.member && role === membership.role);
    const merged = held ? mergeOptions(held, membership) : membership;
    return held && sameOptions(held, merged) ? [] : [grantRole(merged, writer)];
  });
}

function mergeOptions(held: Membership, wanted: Membership): Membership {
  const { admin, inherit, set } = wanted;
  return { ...held, admin: held.admin || admin, inherit: held.inherit || inherit, set: held.set || set };
}

function sameOptions(one: Membership, other: Membership): boolean {
  return one.admin === other.admin && one.inherit === other.inherit && one.set === other.set;
}

/** The alternate's settings become the original's; beside them stands which role its sessions act as. */
function planSettings(input: ParityInput): RoleStatement[] {
  const { pair, facts, writer } = input;
  const { original, alternate, members } = pair;
  const isOfTheShape = ({ name }: RoleSetting): boolean => members.length === 1 && name === 'role';
  const ofOriginal = facts.settings.filter((setting) => setting.role === original && !isOfTheShape(setting));
  const wanted = [...ofOriginal.map((setting) => ({ ...setting, role: alternate })), ...roleSettings(pair)];
  const present = facts.settings.filter((setting) => setting.role === alternate || isRoleOf(setting, members));
  const missing = wanted.filter((setting) => find(present, setting)?.value !== setting.value);
  const stale = present.filter((setting) => !find(wanted, setting));
  return [
    ...missing.map((setting) => setForRole(setting, writer)),
    ...stale.map((setting) => resetForRole(setting, writer)),
  ];
}

/** Where one of the two users is shared, the other acts as it, in every database. */
function roleSettings({ shared, members }: RolePair): RoleSetting[] {
  if (members.length > 1) return [];
  return members.map((role) => ({ role, database: null, name: 'role', value: shared }));
}

function isRoleOf({ role, name }: RoleSetting, members: readonly string[]): boolean {
  return members.length === 1 && name === 'role' && members.includes(role);
}

function find(settings: readonly RoleSetting[], { role, database, name }: RoleSetting): RoleSetting | undefined {
  return settings.find((other) => other.role === role && other.database === database && other.name === name);
}

function attributesOf({ roles }: RoleFacts, name: string): RoleAttributes {
  const found = roles.find((role) => role.name === name);
  if (!found) throw new TypeError('A role that exists was not found.');
  return found;
}
