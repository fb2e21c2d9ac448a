/**
 * What is asked of the server's catalogs about roles. Each statement needs an empty search_path, in which its names mean
 * the server's own.
 */

/** The attributes of the roles `$1`. */
export const readRoles = `
SELECT rolname AS name, rolcanlogin AS login, rolinherit AS inherit, rolcreatedb AS createdb,
  rolcreaterole AS createrole, rolbypassrls AS bypassrls, rolreplication AS replication,
  rolconnlimit AS "connectionLimit", coalesce(rolvaliduntil::text, 'infinity') AS "validUntil"
FROM pg_roles WHERE rolname = ANY ($1::name[])`;

/** The roles that the roles `$1` are members of by themselves. The options are not there before PostgreSQL 16. */
export const readMemberships = `
SELECT member.rolname AS member, role.rolname AS role, bool_or(granted.admin_option) AS admin,
  bool_or(coalesce((to_jsonb(granted) ->> 'inherit_option')::boolean, true)) AS inherit,
  bool_or(coalesce((to_jsonb(granted) ->> 'set_option')::boolean, true)) AS set
FROM pg_auth_members granted
  JOIN pg_roles member ON member.oid = granted.member
  JOIN pg_roles role ON role.oid = granted.roleid
WHERE member.rolname = ANY ($1::name[]) GROUP BY 1, 2 ORDER BY 1, 2`;

/** What is set for the roles `$1`, in all databases of the server. */
export const readSettings = `
SELECT role.rolname AS role, base.datname AS database,
  split_part(entry, '=', 1) AS name, substr(entry, strpos(entry, '=') + 1) AS value
FROM pg_db_role_setting setting
  JOIN pg_roles role ON role.oid = setting.setrole
  LEFT JOIN pg_database base ON base.oid = setting.setdatabase
  CROSS JOIN unnest(setting.setconfig) AS entry
WHERE role.rolname = ANY ($1::name[]) ORDER BY 1, 2, 3`;

/** Those of the roles `$1` that own something which REASSIGN OWNED can give away from here. */
export const readOwners = `
SELECT role.rolname AS owner FROM pg_roles role
WHERE role.rolname = ANY ($1::name[]) AND EXISTS (
  SELECT FROM pg_shdepend owned
  WHERE owned.refclassid = 'pg_authid'::regclass AND owned.refobjid = role.oid AND owned.deptype = 'o'
    AND owned.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
    AND owned.classid NOT IN ('pg_default_acl'::regclass, 'pg_user_mapping'::regclass))
ORDER BY 1`;

/** Every catalog with privileges: what GRANT calls the kind, the name of the object, its column, its owner. */
const privileged = (version: number): string => `
  SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, format('%I.%I', nspname, relname) AS object,
    NULL::name AS col, relowner AS owner, relacl AS acl
    FROM pg_class JOIN pg_namespace space ON space.oid = relnamespace WHERE relpersistence <> 't'
  UNION ALL SELECT 'TABLE', format('%I.%I', nspname, relname), attname, relowner, attacl
    FROM pg_attribute JOIN pg_class class ON class.oid = attrelid JOIN pg_namespace space ON space.oid = relnamespace
    WHERE attacl IS NOT NULL AND NOT attisdropped AND relpersistence <> 't'
  UNION ALL SELECT 'SCHEMA', quote_ident(nspname), NULL, nspowner, nspacl
    FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_temp\\_%' AND nspname NOT LIKE 'pg\\_toast\\_temp\\_%'
  UNION ALL SELECT 'ROUTINE', format('%I.%I(%s)', nspname, proname, pg_get_function_identity_arguments(proc.oid)), NULL,
    proowner, proacl FROM pg_proc proc JOIN pg_namespace space ON space.oid = pronamespace WHERE proacl IS NOT NULL
  UNION ALL SELECT 'TYPE', format('%I.%I', nspname, typname), NULL, typowner, typacl
    FROM pg_type JOIN pg_namespace space ON space.oid = typnamespace WHERE typacl IS NOT NULL
  UNION ALL SELECT 'LANGUAGE', quote_ident(lanname), NULL, lanowner, lanacl FROM pg_language
  UNION ALL SELECT 'FOREIGN DATA WRAPPER', quote_ident(fdwname), NULL, fdwowner, fdwacl FROM pg_foreign_data_wrapper
  UNION ALL SELECT 'FOREIGN SERVER', quote_ident(srvname), NULL, srvowner, srvacl FROM pg_foreign_server
  UNION ALL SELECT 'LARGE OBJECT', oid::text, NULL, lomowner, lomacl FROM pg_largeobject_metadata
  UNION ALL SELECT 'TABLESPACE', quote_ident(spcname), NULL, spcowner, spcacl FROM pg_tablespace
  UNION ALL SELECT 'DATABASE', quote_ident(datname), NULL, datdba, datacl FROM pg_database
  ${version < 150_000 ? '' : `UNION ALL SELECT 'PARAMETER', parname, NULL, 10, paracl FROM pg_parameter_acl`}`;

/**
 * What the roles `$2` are granted by name and the role `$1` is not: on objects of this database, and on what all
 * databases share. An owner needs no grant, and what a member owns is given away whole.
 */
export const readGrants = (version: number): string => `
WITH held AS MATERIALIZED (
  SELECT kind, object, col, owner, entry.grantee, entry.privilege_type AS privilege,
    bool_or(entry.is_grantable) AS grantable
  FROM (${privileged(version)}) AS privileged, aclexplode(acl) AS entry GROUP BY 1, 2, 3, 4, 5, 6
), roles AS (
  SELECT (SELECT oid FROM pg_roles WHERE rolname = $1::name) AS shared,
    ARRAY(SELECT oid FROM pg_roles WHERE rolname = ANY ($2::name[])) AS members
)
SELECT kind, object, col AS column, privilege, bool_or(grantable) AS grantable FROM held, roles
WHERE grantee = ANY (members) AND owner <> shared AND owner <> ALL (members) AND NOT EXISTS (
  SELECT FROM held AS already
  WHERE already.grantee = shared AND (already.grantable OR NOT held.grantable)
    AND (already.kind, already.object, already.privilege) = (held.kind, held.object, held.privilege)
    AND already.col IS NOT DISTINCT FROM held.col)
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`;

/**
 * What objects to come shall grant: to one of the roles `$2` and not to the role `$1`; and what is so for objects that
 * one of the roles `$2` makes, and not for those of the role `$1`. Where nothing is said the server's defaults hold.
 */
export const readDefaultGrants = `
WITH roles AS (
  SELECT (SELECT oid FROM pg_roles WHERE rolname = $1::name) AS shared,
    ARRAY(SELECT oid FROM pg_roles WHERE rolname = ANY ($2::name[])) AS members
), wanted AS (
  SELECT CASE WHEN defaclrole = ANY (members) THEN shared ELSE defaclrole END AS creator,
    defaclnamespace AS space, defaclobjtype AS type,
    CASE WHEN entry.grantee = ANY (members) THEN shared ELSE entry.grantee END AS grantee,
    entry.privilege_type AS privilege, bool_or(entry.is_grantable) AS grantable
  FROM pg_default_acl, roles, aclexplode(defaclacl) AS entry
  WHERE defaclrole = ANY (members) OR entry.grantee = ANY (members) GROUP BY 1, 2, 3, 4, 5
)
SELECT pg_get_userbyid(creator) AS creator, nspname AS schema,
  CASE type WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'ROUTINES' WHEN 'T' THEN 'TYPES'
    WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END AS kind,
  privilege, grantee.rolname AS grantee, grantable
FROM wanted
  LEFT JOIN pg_namespace space ON space.oid = wanted.space
  LEFT JOIN pg_roles grantee ON grantee.oid = wanted.grantee
WHERE wanted.grantee <> creator AND NOT EXISTS (
  SELECT FROM aclexplode(coalesce(
      (SELECT defaclacl FROM pg_default_acl
        WHERE defaclrole = creator AND defaclnamespace = wanted.space AND defaclobjtype = type),
      CASE WHEN wanted.space = 0 THEN acldefault(CASE type WHEN 'S' THEN 's' ELSE type END, creator) END)) AS already
  WHERE already.grantee = wanted.grantee AND already.privilege_type = privilege
    AND (already.is_grantable OR NOT grantable))
ORDER BY 1, 2, 3, 4, 5`;
