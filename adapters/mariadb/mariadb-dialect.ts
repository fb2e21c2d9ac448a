import { randomBytes } from 'node:crypto';
import { Sensitive } from '../../rotation/sensitive';
import { type Dialect } from '../mysql2/dialect';
import { nativeHash } from '../mysql2/native-hash';
import { failureRules } from './failure-rules';
import { find, type PasswordAccount, readOwn } from './mariadb-account';
import { hasOnlyPassword, setOnePassword, setTwoPasswords } from './mariadb-password';
import { createAccount } from './mariadb-statements';
import { type AccountFacts, readAccountFacts } from './parity-facts';
import { planAlternate, planParity } from './plan-parity';
import { readServerFacts } from './server-facts';

/** How MariaDB is spoken to. */
export const mariadbDialect: Dialect<PasswordAccount, AccountFacts> = {
  flavour: {
    engine: 'mariadb',
    product: 'MariaDB',
    limitStatements: (milliseconds) => `max_statement_time = ${milliseconds / 1_000}`,
    failureRules,
  },
  nameRules: {
    product: 'MariaDB',
    maxUsernameCharacters: 128,
    refusedNames: [
      {
        pattern: /[\u{10000}-\u{10ffff}]/u,
        message: 'The username holds a character of four bytes, which MariaDB takes in no name.',
      },
      {
        pattern: / $/,
        message: 'The username ends with a space, which MariaDB forgets when it restarts. Name the user without it.',
      },
    ],
  },
  secondPasswordSince: 'MariaDB 10.4',
  readServerFacts,
  accounts: { readOwn, find },
  passwords: {
    setOne: setOnePassword,
    setTwo: setTwoPasswords,
    mayRepeatTwo: true,
    hasOnly: (_, change) => Promise.resolve(hasOnlyPassword(change)),
  },
  parity: {
    settle: () => Promise.resolve(),
    twinOf: ({ host }, { username, found }) => found ?? { username, host, authentications: [] },
    readFacts: readAccountFacts,
    createLike: (_, { account }) => {
      const hash = nativeHash(new Sensitive(randomBytes(24).toString('base64url')));
      return Promise.resolve(createAccount({ account, hash }));
    },
    plan: planParity,
    planAlternate,
  },
};
