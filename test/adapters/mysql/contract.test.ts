import { Sensitive } from '../../../rotation/sensitive';
import { describeDatabaseEngineContract } from '../../contracts/database-engine';
import { mysqlHere, mysqlUnderTest, startMysqlServer } from '../../support/mysql-server';
import { describeWith } from '../../support/servers/describe-on';
import { SqlServer } from '../../support/servers/sql-server';

const elsewhere = process.env.ROTOR_TEST_MYSQL_URL;

const cannot = {
  admitUnchecked: 'MySQL listens to no network while it checks nobody',
  passwordRefusedFor: 'its policy judges only passwords that it is shown, and a superuser shows it a hash',
  spacesAroundName: 'MySQL removes them from a name, or never admits it',
};

describeWith('MySQL', { provision: mysqlHere, isElsewhere: elsewhere !== undefined }, (program) => {
  describeDatabaseEngineContract({
    name: 'MysqlEngine',
    cannot,
    start: async () => {
      const server = await startMysqlServer(program);
      return mysqlUnderTest(server, () => server.stop());
    },
  });
});

if (elsewhere !== undefined) {
  const { hostname, port, username, password, searchParams } = new URL(elsewhere);
  describeDatabaseEngineContract({
    name: `MysqlEngine with ${hostname}:${port}`,
    cannot,
    start: async () => {
      const server = new SqlServer({
        engine: 'mysql',
        host: hostname,
        port: Number(port || '3306'),
        username: decodeURIComponent(username),
        password: new Sensitive(decodeURIComponent(password)),
        tls: searchParams.get('sslmode') !== 'disable',
      });
      return mysqlUnderTest(server, () => Promise.resolve());
    },
  });
}
