import { readdir } from 'node:fs/promises';
import { type OwnSqlServer } from '../servers/sql-server';
import { shop } from './sql-target';

/** What MySQL and MariaDB call the same: everything is noted, in files and in tables. */
export const everything = {
  'performance-schema': 'ON',
  'performance-schema-instrument': 'statement/%=ON',
  'performance-schema-consumer-events-statements-current': 'ON',
  'performance-schema-consumer-events-statements-history-long': 'ON',
  'performance-schema-consumer-events-statements-history': 'ON',
  'log-bin': 'binary',
  'log-bin-trust-function-creators': 'ON',
  'general-log': 'ON',
  'general-log-file': 'general.log',
  'slow-query-log': 'ON',
  'slow-query-log-file': 'slow.log',
  'log-slow-admin-statements': 'ON',
  'long-query-time': '0',
  'log-output': 'FILE,TABLE',
};

/** Tables in which both note statements. */
export const statementTables = [
  'performance_schema.events_statements_history_long',
  'performance_schema.events_statements_history',
  'mysql.general_log',
  'mysql.slow_log',
];

/** Where both tell what runs now. */
export const activity = {
  processlist: 'SELECT info AS running FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND info <> ""',
  'performance_schema, now':
    'SELECT sql_text AS running FROM performance_schema.events_statements_current WHERE sql_text <> ""',
};

/** Runs for a while, is written to the binary log, and leaves a value wherever statements are noted. */
export const plant = (value: string): readonly string[] => [
  `CREATE TABLE ${shop}.planted (value TEXT)`,
  `INSERT INTO ${shop}.planted SELECT '${value}' FROM (SELECT SLEEP(1)) AS slowly`,
];

/** Stops everything that changes users, for the whole server. */
export const stall = (): readonly string[] => ['FLUSH TABLES WITH READ LOCK'];

/** The session that is stopped while it changes a user's password. */
export const stalled = `SELECT id FROM information_schema.processlist WHERE info LIKE 'ALTER USER%' OR info LIKE 'SET PASSWORD%'`;

/** Ends a session. */
export const kill = (id: number): string => `KILL ${id}`;

/** Reads what is noted, in files and in tables; a name for each place. */
export async function readNoted(server: OwnSqlServer, tables: readonly string[]): Promise<Record<string, string>> {
  const places: Record<string, string> = { 'error log': await server.log() };
  const binary: string[] = [];
  for (const name of await readdir(server.dataFolder)) {
    if (name === 'general.log' || name === 'slow.log') places[name] = await server.file(name);
    if (/^binary\.\d+$/.test(name)) binary.push(await server.file(name));
  }
  places['binary log'] = binary.join('');
  for (const table of tables) {
    const rows = await server.sql<Record<string, unknown>>(`SELECT * FROM ${table}`);
    places[table] = rows.flatMap((row) => Object.values(row).map(asText)).join('\n');
  }
  return places;
}

function asText(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString('latin1') : JSON.stringify(value);
}
