import { describeAlternateUsersContract } from '../../contracts/alternate-users';
import { postgresAlternating, startPostgresServer } from '../../support/postgres-server';

describeAlternateUsersContract({
  name: 'PostgresEngine',
  start: async () => {
    const server = await startPostgresServer({ shared_preload_libraries: 'passwordcheck' });
    const world = await postgresAlternating(server, () => server.stop());
    return { ...world, passwordRefusedFor: (username) => username };
  },
});
