import { Sensitive } from '../../../rotation/sensitive';
import { type AlternatingUnderTest, describeAlternateUsersContract } from '../../contracts/alternate-users';
import { describeDatabaseEngineContract } from '../../contracts/database-engine';
import { describeSecondPasswordsContract } from '../../contracts/second-passwords';
import { mariadbHere, mariadbUnderTest, startMariadbServer } from '../../support/mariadb-server';
import { describeWith } from '../../support/servers/describe-on';
import { SqlServer } from '../../support/servers/sql-server';

const elsewhere = process.env.ROTOR_TEST_MARIADB_URL;

const cannot = {
  admitUnchecked: 'it does so for all users or none; `unchecked.test.ts` starts one that does',
  passwordRefusedFor: 'its policies judge only passwords that they are shown, and Rotor shows hashes',
  spacesAroundName: 'MariaDB forgets the space at the end when it restarts',
};

/** All that is asked of an engine whose users take turns and have two passwords. */
function describeContracts(name: string, start: () => Promise<AlternatingUnderTest>): void {
  describeDatabaseEngineContract({ name, cannot, secondPassword: true, start });
  describeSecondPasswordsContract({ name, start });
  describeAlternateUsersContract({ name, start, cannotRefusePasswords: cannot.passwordRefusedFor });
}

describeWith('MariaDB', { provision: mariadbHere, isElsewhere: elsewhere !== undefined }, (program) => {
  describeContracts('MariadbEngine', async () => {
    const server = await startMariadbServer(program);
    return mariadbUnderTest(server, () => server.stop());
  });
});

if (elsewhere !== undefined) {
  const { hostname, port, username, password, searchParams } = new URL(elsewhere);
  describeContracts(`MariadbEngine with ${hostname}:${port}`, () => {
    const server = new SqlServer({
      engine: 'mariadb',
      host: hostname,
      port: Number(port || '3306'),
      username: decodeURIComponent(username),
      password: new Sensitive(decodeURIComponent(password)),
      tls: searchParams.get('sslmode') !== 'disable',
    });
    return mariadbUnderTest(server, () => Promise.resolve());
  });
}
