export { MariadbEngine, type MariadbEngineOptions } from './mariadb-engine';
