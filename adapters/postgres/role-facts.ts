import { type PostgresSession, type StatementStep } from './postgres-session';
import { type RolePair } from './role-pair';
import { readDefaultGrants, readGrants, readMemberships, readOwners, readRoles, readSettings } from './role-queries';

/** What a role may do by itself, and how long and how often. */
export interface RoleAttributes {
  readonly name: string;
  readonly login: boolean;
  readonly inherit: boolean;
  readonly createdb: boolean;
  readonly createrole: boolean;
  readonly bypassrls: boolean;
  readonly replication: boolean;
  /** -1: none. */
  readonly connectionLimit: number;
  /** `infinity`: none. */
  readonly validUntil: string;
}

/** A role that another one is a member of, and what the membership is good for, whoever granted it. */
export interface Membership {
  readonly member: string;
  readonly role: string;
  readonly admin: boolean;
  /** Always true before PostgreSQL 16, as `set` is. */
  readonly inherit: boolean;
  readonly set: boolean;
}

/** What `ALTER ROLE … SET` left. */
export interface RoleSetting {
  readonly role: string;
  /** Null: in all databases. */
  readonly database: string | null;
  readonly name: string;
  /** As the server keeps it. */
  readonly value: string;
}

/** A privilege that a member holds by itself and the shared role does not. */
export interface ObjectGrant {
  readonly privilege: string;
  /** As in GRANT: `TABLE`, `SCHEMA`. */
  readonly kind: string;
  /** Quoted for SQL. */
  readonly object: string;
  readonly column: string | null;
  readonly grantable: boolean;
}

/** A privilege that objects to come shall have, and that the shared role lacks. */
export interface DefaultGrant {
  readonly creator: string;
  /** Null: in all schemas. */
  readonly schema: string | null;
  /** As in ALTER DEFAULT PRIVILEGES: `TABLES`. */
  readonly kind: string;
  readonly privilege: string;
  /** Null: PUBLIC. */
  readonly grantee: string | null;
  readonly grantable: boolean;
}

/** All that parity is decided by. */
export interface RoleFacts {
  readonly roles: readonly RoleAttributes[];
  readonly memberships: readonly Membership[];
  readonly settings: readonly RoleSetting[];
  /** The members that own objects of the database, or databases. */
  readonly owners: readonly string[];
  readonly grants: readonly ObjectGrant[];
  readonly defaults: readonly DefaultGrant[];
}

/** Reads what two users and the role that they share are and hold. Both exist; the search_path is empty. */
export async function readRoleFacts(
  session: PostgresSession,
  { pair, version, step }: { pair: RolePair; version: number; step: StatementStep },
): Promise<RoleFacts> {
  const { original, alternate, shared, members } = pair;
  const all = { ...step, values: [[...new Set([original, alternate, shared])]] };
  const sharing = { ...step, values: [shared, members] };
  return {
    roles: await session.rows<RoleAttributes>(readRoles, all),
    memberships: await session.rows<Membership>(readMemberships, all),
    settings: await session.rows<RoleSetting>(readSettings, all),
    owners: (await session.rows<{ owner: string }>(readOwners, { ...step, values: [members] })).map(
      ({ owner }) => owner,
    ),
    grants: await session.rows<ObjectGrant>(readGrants(version), sharing),
    defaults: await session.rows<DefaultGrant>(readDefaultGrants, sharing),
  };
}
