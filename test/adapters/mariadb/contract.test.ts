import { mariadbHere, mariadbUnderTest, startMariadbServer } from '../../support/mariadb-server';
import { describeContracts, serverAt } from '../../support/servers/describe-contracts';
import { describeWith, provide } from '../../support/servers/describe-on';
import { newerMariadbProgram } from '../../support/servers/newer-mariadb-program';

const elsewhere = process.env.ROTOR_TEST_MARIADB_URL;

const subject = {
  underTest: mariadbUnderTest,
  cannot: {
    admitUnchecked: 'it does so for all users or none; `unchecked.test.ts` starts one that does',
    passwordRefusedFor: 'its policies judge only passwords that they are shown, and Rotor shows hashes',
    spacesAroundName: 'MariaDB forgets the space at the end when it restarts',
  },
};

for (const { name, provision } of [
  { name: 'MariaDB', provision: mariadbHere },
  { name: 'mariadb 11.8', provision: provide(newerMariadbProgram) },
]) {
  describeWith(name, { provision, mayBeMissing: elsewhere !== undefined }, (program) => {
    describeContracts({
      ...subject,
      name: 'MariadbEngine',
      start: async () => {
        const server = await startMariadbServer(program);
        return { server, close: () => server.stop() };
      },
    });
  });
}

if (elsewhere !== undefined) {
  const server = serverAt('mariadb', elsewhere);
  describeContracts({
    ...subject,
    name: `MariadbEngine with ${server.superuser.host}:${server.superuser.port ?? ''}`,
    start: () => Promise.resolve({ server, close: () => Promise.resolve() }),
  });
}
