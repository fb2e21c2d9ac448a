import { describeAlternateUsersContract } from '../../contracts/alternate-users';
import { postgresAlternating, startPostgresServer } from '../../support/postgres-server';
import { describeWith, provide } from '../../support/servers/describe-on';
import { findPostgres } from '../../support/servers/postgres-program';

type Binaries = ReturnType<typeof findPostgres>;

const describeOn = (name: string, binaries?: Binaries): void => {
  describeAlternateUsersContract({
    name,
    start: async () => {
      const server = await startPostgresServer({ shared_preload_libraries: 'passwordcheck' }, binaries);
      const world = await postgresAlternating(server, () => server.stop());
      return { ...world, passwordRefusedFor: (username) => username };
    },
  });
};

describeOn('PostgresEngine');

describeWith('PostgreSQL 15', { provision: provide(() => findPostgres(15)) }, (binaries) => {
  describeOn('PostgresEngine on PostgreSQL 15', binaries);
});
