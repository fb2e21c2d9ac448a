import { randomBytes } from 'node:crypto';
import { Sensitive } from '../../rotation/sensitive';
import { type Dialect, type Passwords } from '../mysql2/dialect';
import { createLike, replaySession } from './account-setup';
import { hasOnlyPassword, setTwoPasswords } from './dual-password';
import { failureRules } from './failure-rules';
import { find, type PasswordAccount, readOwn } from './mysql-account';
import { hashStatement } from './mysql-password';
import { type AccountFacts, readAccountFacts } from './parity-facts';
import { planAlternate, planParity } from './plan-parity';
import { readServerFacts } from './server-facts';

/** How MySQL is spoken to by an engine that sets a password in the given way. */
export function mysqlDialect(setOne: Passwords<PasswordAccount>['setOne']): Dialect<PasswordAccount, AccountFacts> {
  return {
    flavour: {
      engine: 'mysql',
      product: 'MySQL',
      limitStatements: (milliseconds) => `max_execution_time = ${milliseconds}`,
      failureRules,
    },
    nameRules: {
      product: 'MySQL',
      maxUsernameCharacters: 32,
      maxPasswordBytes: 256, // what `caching_sha2_password` takes
      refusedNames: [
        {
          pattern: /^ | $/,
          message: 'The username begins or ends with a space, which MySQL does not keep. Name the user without it.',
        },
      ],
    },
    secondPasswordSince: 'MySQL 8.0.14',
    readServerFacts,
    accounts: { readOwn, find },
    passwords: { setOne, setTwo: setTwoPasswords, mayRepeatTwo: false, hasOnly: hasOnlyPassword },
    parity,
  };
}

const parity: Dialect<PasswordAccount, AccountFacts>['parity'] = {
  settle: async (session) => {
    await session.read(replaySession);
  },
  twinOf: (original, { username, found }) => {
    if (found?.plugin === original.plugin) return found;
    return { ...(found ?? original), username, plugin: original.plugin };
  },
  readFacts: readAccountFacts,
  createLike: async (session, { account, like }) => {
    const unknown = new Sensitive(randomBytes(24).toString('base64url'));
    return createLike(like.setup, await hashStatement(session, { account, newPassword: unknown }));
  },
  plan: planParity,
  planAlternate,
};
