export { MysqlEngine, type MysqlEngineOptions } from './mysql-engine';
