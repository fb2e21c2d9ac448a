import { type PostgresSession, type StatementStep } from './postgres-session';

/** Two users that stand for one application. */
export interface UserNames {
  /** The user whose rights count. */
  readonly original: string;
  /** The user that is brought to parity. */
  readonly alternate: string;
}

/** What must be known of two users before anything is decided. */
export interface RoleSituation extends UserNames {
  /** The server's `server_version_num`. */
  readonly version: number;
  /** Who reads this and changes the roles. */
  readonly admin: string;
  readonly originalExists: boolean;
  readonly alternateExists: boolean;
  /** The role that the original's sessions act as: itself, unless it is set to another one that it may become. */
  readonly actsAs: string;
  /** Those of the three that are superusers. */
  readonly superusers: readonly string[];
  /** The role by whose membership one of them signs in without its password, on Amazon RDS; else null. */
  readonly passwordlessBy: string | null;
  readonly originalIsInAlternate: boolean;
  readonly alternateIsInOriginal: boolean;
  /** Whether both are members of a third role that the original acts as. */
  readonly bothAreInShared: boolean;
}

/** From PostgreSQL 16 on a membership says itself whether it lets its member become the role. */
const become = `CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END`;

/**
 * Tells of the users `$1` and `$2`. A user's settings are looked through in the server's own order, and a `role` that the
 * user may not become is passed over, as the server does. Needs an empty search_path.
 */
const readSituation = `
WITH users AS (
  SELECT (SELECT oid FROM pg_roles WHERE rolname = $1::name) AS original,
    (SELECT oid FROM pg_roles WHERE rolname = $2::name) AS alternate
), acted AS (
  SELECT original, alternate, coalesce((
    SELECT role.oid FROM pg_db_role_setting setting, unnest(setting.setconfig) AS entry, pg_roles role
    WHERE setting.setrole IN (users.original, 0)
      AND setting.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
      AND entry = 'role=' || role.rolname AND pg_has_role(users.original, role.oid, ${become})
    ORDER BY setting.setrole = 0, setting.setdatabase = 0 LIMIT 1), original) AS shared
  FROM users
)
SELECT current_setting('server_version_num')::integer AS version, current_user AS admin,
  original IS NOT NULL AS "originalExists", alternate IS NOT NULL AS "alternateExists",
  coalesce((SELECT rolname FROM pg_roles WHERE oid = shared), $1::name) AS "actsAs",
  ARRAY(SELECT rolname::text FROM pg_roles WHERE oid IN (original, alternate, shared) AND rolsuper) AS superusers,
  (SELECT role.rolname FROM pg_roles role, unnest(ARRAY[original, alternate, shared]) AS member
    WHERE role.rolname IN ('rds_iam', 'rds_ad') AND pg_has_role(member, role.oid, 'MEMBER') LIMIT 1) AS "passwordlessBy",
  coalesce(pg_has_role(original, alternate, 'MEMBER'), false) AS "originalIsInAlternate",
  coalesce(pg_has_role(alternate, original, 'MEMBER'), false) AS "alternateIsInOriginal",
  coalesce(shared <> original AND pg_has_role(alternate, shared, 'MEMBER'), false) AS "bothAreInShared"
FROM acted`;

/** Reads what must be known of two users, of whom the alternate need not exist. */
export async function readRoleSituation(
  session: PostgresSession,
  { names, step }: { names: UserNames; step: StatementStep },
): Promise<RoleSituation> {
  const { original, alternate } = names;
  type Row = Omit<RoleSituation, keyof UserNames>;
  const [row] = await session.rows<Row>(readSituation, { ...step, values: [original, alternate] });
  if (row === undefined) throw new TypeError('A statement that yields one row yielded none.');
  return { original, alternate, ...row };
}
