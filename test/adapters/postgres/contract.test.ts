import { Sensitive } from '../../../rotation/sensitive';
import { describeDatabaseEngineContract } from '../../contracts/database-engine';
import { PostgresServer, postgresUnderTest, startPostgresServer } from '../../support/postgres-server';
import { describeWith, provide } from '../../support/servers/describe-on';
import { findPostgres } from '../../support/servers/postgres-program';

const describeOn = (name: string, binaries?: ReturnType<typeof findPostgres>): void => {
  describeDatabaseEngineContract({
    name,
    start: async () => {
      const server = await startPostgresServer({ shared_preload_libraries: 'passwordcheck' }, binaries);
      return {
        ...(await postgresUnderTest(server, () => server.stop())),
        admitUnchecked: (username) => server.admit(`host all "${username}" 127.0.0.1/32 trust`),
        // Of a verifier the module can tell only this.
        passwordRefusedFor: (username) => username,
      };
    },
  });
};

describeOn('PostgresEngine');

describeWith('PostgreSQL 15', { provision: provide(() => findPostgres(15)) }, (binaries) => {
  describeOn('PostgresEngine on PostgreSQL 15', binaries);
});

const elsewhere = process.env.ROTOR_TEST_POSTGRES_URL;

if (elsewhere !== undefined) {
  const { hostname, port, username, password, searchParams } = new URL(elsewhere);
  describeDatabaseEngineContract({
    name: `PostgresEngine with ${hostname}:${port}`,
    cannot: {
      admitUnchecked: 'its pg_hba.conf is not ours',
      passwordRefusedFor: 'its policy is not ours',
    },
    start: async () => {
      const server = new PostgresServer({
        engine: 'postgres',
        host: hostname,
        port: Number(port || '5432'),
        username: decodeURIComponent(username),
        password: new Sensitive(decodeURIComponent(password)),
        tls: searchParams.get('sslmode') !== 'disable',
      });
      return postgresUnderTest(server, () => Promise.resolve());
    },
  });
}
