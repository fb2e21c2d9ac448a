export { MariadbEngine } from './mariadb-engine';
