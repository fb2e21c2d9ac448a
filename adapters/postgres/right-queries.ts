/** A right that one user has in effect, and another one lacks. */
export interface MissingRight {
  /** As GRANT names it; `OWNERSHIP` for what only an owner may do. */
  readonly privilege: string;
  readonly kind: string;
  /** Quoted for SQL. */
  readonly object: string;
}

const relations = (version: number): string => {
  const privileges = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'];
  if (version >= 170_000) privileges.push('MAINTAIN');
  return `{${privileges.join(',')}}`;
};

const isOrdinary = `nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'`;

/**
 * The first right on a table, column, sequence, schema, routine or database that the user `$1`, or the role `$2` that its
 * sessions act as, has in effect, by whatever way, and that the role `$3` does not. Needs an empty search_path.
 *
 * What the server brings along is looked at only where its rights were changed.
 */
export const readMissingRight = (version: number): string => `
WITH who AS (
  SELECT one.oid AS original, acting.oid AS acting, other.oid AS other
  FROM pg_roles one, pg_roles acting, pg_roles other
  WHERE one.rolname = $1::name AND acting.rolname = $2::name AND other.rolname = $3::name
), relations AS MATERIALIZED (
  SELECT class.oid, relkind, relowner, format('%I.%I', nspname, relname) AS object
  FROM pg_class class JOIN pg_namespace space ON space.oid = relnamespace
  WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND relpersistence <> 't' AND (relacl IS NOT NULL OR ${isOrdinary})
)
SELECT privilege, 'TABLE' AS kind, object
  FROM who, relations, unnest('${relations(version)}'::text[]) AS privilege
  WHERE relkind <> 'S' AND NOT has_table_privilege(other, oid, privilege)
    AND (has_table_privilege(original, oid, privilege) OR has_table_privilege(acting, oid, privilege))
UNION ALL SELECT privilege, 'SEQUENCE', object
  FROM who, relations, unnest('{USAGE,SELECT,UPDATE}'::text[]) AS privilege
  WHERE relkind = 'S' AND NOT has_sequence_privilege(other, oid, privilege)
    AND (has_sequence_privilege(original, oid, privilege) OR has_sequence_privilege(acting, oid, privilege))
UNION ALL SELECT 'OWNERSHIP', CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, object
  FROM who, relations
  WHERE NOT pg_has_role(other, relowner, 'USAGE')
    AND (pg_has_role(original, relowner, 'USAGE') OR pg_has_role(acting, relowner, 'USAGE'))
UNION ALL SELECT format('%s (%I)', privilege, attname), 'TABLE', object
  FROM who, relations JOIN pg_attribute ON attrelid = oid AND attacl IS NOT NULL AND NOT attisdropped,
    unnest('{SELECT,INSERT,UPDATE,REFERENCES}'::text[]) AS privilege
  WHERE NOT has_column_privilege(other, oid, attnum, privilege)
    AND (has_column_privilege(original, oid, attnum, privilege) OR has_column_privilege(acting, oid, attnum, privilege))
UNION ALL SELECT privilege, 'SCHEMA', quote_ident(nspname)
  FROM who, pg_namespace, unnest('{USAGE,CREATE}'::text[]) AS privilege
  WHERE ${isOrdinary} AND NOT has_schema_privilege(other, oid, privilege)
    AND (has_schema_privilege(original, oid, privilege) OR has_schema_privilege(acting, oid, privilege))
UNION ALL SELECT 'EXECUTE', 'ROUTINE', format('%I.%I(%s)', nspname, proname, pg_get_function_identity_arguments(proc.oid))
  FROM who, pg_proc proc JOIN pg_namespace space ON space.oid = pronamespace
  WHERE (proacl IS NOT NULL OR ${isOrdinary}) AND NOT has_function_privilege(other, proc.oid, 'EXECUTE')
    AND (has_function_privilege(original, proc.oid, 'EXECUTE') OR has_function_privilege(acting, proc.oid, 'EXECUTE'))
UNION ALL SELECT privilege, 'DATABASE', quote_ident(datname)
  FROM who, pg_database, unnest('{CONNECT,CREATE,TEMPORARY}'::text[]) AS privilege
  WHERE NOT has_database_privilege(other, oid, privilege)
    AND (has_database_privilege(original, oid, privilege) OR has_database_privilege(acting, oid, privilege))
LIMIT 1`;
