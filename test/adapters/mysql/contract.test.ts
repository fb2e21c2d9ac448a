import { mysqlHere, mysqlUnderTest, startMysqlServer } from '../../support/mysql-server';
import { describeContracts, serverAt } from '../../support/servers/describe-contracts';
import { describeWith } from '../../support/servers/describe-on';

const elsewhere = process.env.ROTOR_TEST_MYSQL_URL;

const subject = {
  underTest: mysqlUnderTest,
  cannot: {
    admitUnchecked: 'MySQL listens to no network while it checks nobody',
    passwordRefusedFor: 'its policy judges only passwords that it is shown, and a superuser shows it a hash',
    spacesAroundName: 'MySQL removes them from a name, or never admits it',
  },
};

describeWith('MySQL', { provision: mysqlHere, mayBeMissing: elsewhere !== undefined }, (program) => {
  describeContracts({
    ...subject,
    name: 'MysqlEngine',
    start: async () => {
      const server = await startMysqlServer(program);
      return { server, close: () => server.stop() };
    },
  });
});

if (elsewhere !== undefined) {
  const server = serverAt('mysql', elsewhere);
  describeContracts({
    ...subject,
    name: `MysqlEngine with ${server.superuser.host}:${server.superuser.port ?? ''}`,
    start: () => Promise.resolve({ server, close: () => Promise.resolve() }),
  });
}
