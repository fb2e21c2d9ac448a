import { Sensitive } from '../../../rotation/sensitive';
import { type AlternatingUnderTest, describeAlternateUsersContract } from '../../contracts/alternate-users';
import { describeDatabaseEngineContract } from '../../contracts/database-engine';
import { describeSecondPasswordsContract } from '../../contracts/second-passwords';
import { mysqlHere, mysqlUnderTest, startMysqlServer } from '../../support/mysql-server';
import { describeWith } from '../../support/servers/describe-on';
import { SqlServer } from '../../support/servers/sql-server';

const elsewhere = process.env.ROTOR_TEST_MYSQL_URL;

const cannot = {
  admitUnchecked: 'MySQL listens to no network while it checks nobody',
  passwordRefusedFor: 'its policy judges only passwords that it is shown, and a superuser shows it a hash',
  spacesAroundName: 'MySQL removes them from a name, or never admits it',
};

/** All that is asked of an engine whose users take turns and have two passwords. */
function describeContracts(name: string, start: () => Promise<AlternatingUnderTest>): void {
  describeDatabaseEngineContract({ name, cannot, secondPassword: true, start });
  describeSecondPasswordsContract({ name, start });
  describeAlternateUsersContract({ name, start, cannotRefusePasswords: cannot.passwordRefusedFor });
}

describeWith('MySQL', { provision: mysqlHere, isElsewhere: elsewhere !== undefined }, (program) => {
  describeContracts('MysqlEngine', async () => {
    const server = await startMysqlServer(program);
    return mysqlUnderTest(server, () => server.stop());
  });
});

if (elsewhere !== undefined) {
  const { hostname, port, username, password, searchParams } = new URL(elsewhere);
  describeContracts(`MysqlEngine with ${hostname}:${port}`, () => {
    const server = new SqlServer({
      engine: 'mysql',
      host: hostname,
      port: Number(port || '3306'),
      username: decodeURIComponent(username),
      password: new Sensitive(decodeURIComponent(password)),
      tls: searchParams.get('sslmode') !== 'disable',
    });
    return mysqlUnderTest(server, () => Promise.resolve());
  });
}
