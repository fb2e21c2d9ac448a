/**
 * PostgreSQL as a database engine, on the driver `pg`.
 */
export { PostgresEngine, type PostgresEngineOptions } from './postgres-engine';
