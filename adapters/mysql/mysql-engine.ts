import { type AccountChange } from '../mysql2/dialect';
import { Mysql2Engine, type Mysql2EngineOptions } from '../mysql2/mysql2-engine';
import { type Mysql2Session } from '../mysql2/mysql2-session';
import { type PasswordAccount } from './mysql-account';
import { mysqlDialect } from './mysql-dialect';
import { changeOwnPassword, setByHash } from './mysql-password';
import { type AccountFacts } from './parity-facts';

/** How a {@link MysqlEngine} connects. */
export interface MysqlEngineOptions extends Mysql2EngineOptions {
  /**
   * Whether a user without CREATE USER may change its own password by the one statement that MySQL leaves it, which holds
   * the password. The server keeps it out of its logs and tables.
   * @defaultValue false: such a user is changed by a superuser only
   */
  readonly passwordInStatement?: boolean;
  /**
   * Told that a second password may be left, which happens only to a change made by `passwordInStatement`: MySQL lets a
   * user without APPLICATION_PASSWORD_ADMIN neither see nor end it. Holds no secret.
   */
  readonly onNotice?: (notice: string) => void;
}

/** MySQL 8.0.17 to 9.x, and what speaks its protocol and keeps passwords by `caching_sha2_password`. */
export class MysqlEngine extends Mysql2Engine<PasswordAccount, AccountFacts> {
  constructor({ passwordInStatement = false, onNotice, ...options }: MysqlEngineOptions = {}) {
    const setOwn = async (session: Mysql2Session, change: AccountChange<PasswordAccount>): Promise<void> => {
      const notice = await changeOwnPassword(session, change);
      if (notice !== undefined) onNotice?.(notice);
    };
    super(
      mysqlDialect((session, change) => {
        const isOwn = session.credential.username === change.account.username;
        return isOwn && passwordInStatement ? setOwn(session, change) : setByHash(session, change);
      }),
      options,
    );
  }
}
