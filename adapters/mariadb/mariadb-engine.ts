import { Mysql2Engine, type Mysql2EngineOptions } from '../mysql2/mysql2-engine';
import { type PasswordAccount } from './mariadb-account';
import { mariadbDialect } from './mariadb-dialect';
import { type AccountFacts } from './parity-facts';

/** MariaDB 10.4 to 11.8, for users who sign in by `mysql_native_password`: the driver has no `ed25519` and no `parsec`. */
export class MariadbEngine extends Mysql2Engine<PasswordAccount, AccountFacts> {
  constructor(options: Mysql2EngineOptions = {}) {
    super(mariadbDialect, options);
  }
}
