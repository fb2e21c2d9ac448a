import { MariadbEngine } from '../adapters/mariadb';
import { MysqlEngine } from '../adapters/mysql';
import { PostgresEngine } from '../adapters/postgres';
import { type DatabaseEngine, type EngineFor, type TlsSettings } from '../rotation/database-engine';
import { MalformedSecretError } from '../rotation/errors';
import { withRedaction } from '../rotation/redaction';
import { TargetTurns, withTurns } from '../rotation/target-turns';

type MakeEngine = (attempt: { signal: AbortSignal; tls: TlsSettings }) => DatabaseEngine;

const mariadb: MakeEngine = (attempt) => new MariadbEngine(attempt);
const mysql: MakeEngine = (attempt) => new MysqlEngine(attempt);
const postgres: MakeEngine = (attempt) => new PostgresEngine(attempt);

/** The engines by the `engine` value of a secret, which is AWS's. A new engine is one line here. */
const engines: Readonly<Record<string, MakeEngine>> = Object.freeze({
  postgres,
  'aurora-postgresql': postgres,
  mysql,
  'aurora-mysql': mysql,
  mariadb,
});

/** Makes the engines for one attempt of one step, which stops when the signal aborts. */
export type EnginesFor = (signal: AbortSignal) => EngineFor;

/**
 * The engines of one process; each is wrapped, so that an engine which could leak cannot be had, and all attempts share
 * their turns at an unavailable target. They trust the authorities `ca` (PEM) where neither secret nor configuration
 * names any; without it those that Node trusts.
 */
export function createEngines({ ca }: { readonly ca?: string | undefined } = {}): EnginesFor {
  const trusted: TlsSettings = ca === undefined ? {} : { ca };
  const turns = new TargetTurns(() => performance.now());
  return (signal) =>
    (name, tls = {}) => {
      const make = Object.hasOwn(engines, name) ? engines[name] : undefined;
      if (make) return withRedaction(withTurns(make({ signal, tls: { ...trusted, ...tls } }), turns));
      const known = Object.keys(engines).join(', ');
      throw new MalformedSecretError(`Rotor has no engine "${name}". The secret's "engine" must be one of: ${known}.`, {
        engine: name,
      });
    };
}
