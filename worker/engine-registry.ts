import { MariadbEngine } from '../adapters/mariadb';
import { MysqlEngine } from '../adapters/mysql';
import { PostgresEngine } from '../adapters/postgres';
import { type DatabaseEngine, type EngineFor, type TlsSettings } from '../rotation/database-engine';
import { MalformedSecretError } from '../rotation/errors';
import { withRedaction } from '../rotation/redaction';

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

/**
 * The engines for one attempt of one step; each is wrapped, so that an engine which could leak cannot be had. They trust
 * the authorities `ca` where neither secret nor configuration names any; without it those that Node trusts.
 */
export function enginesFor(signal: AbortSignal, ca?: string): EngineFor {
  const trusted: TlsSettings = ca === undefined ? {} : { ca };
  return (name, tls = {}) => {
    const make = Object.hasOwn(engines, name) ? engines[name] : undefined;
    if (make) return withRedaction(make({ signal, tls: { ...trusted, ...tls } }));
    const known = Object.keys(engines).join(', ');
    throw new MalformedSecretError(`Rotor has no engine "${name}". The secret's "engine" must be one of: ${known}.`, {
      engine: name,
    });
  };
}
