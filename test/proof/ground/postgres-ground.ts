import { escapeIdentifier, escapeLiteral } from 'pg';
import { enginesFor } from '../../../worker/engine-registry';
import { type PostgresServer, startPostgresServer } from '../../support/postgres-server';
import { type DatabasePlace, groundOf, type GroundPlan, onlyOne } from './ground';
import { startSecretPlace } from './secrets-manager-place';

/** PostgreSQL, as the product brings it, and a Secrets Manager endpoint. */
export const postgresGround: GroundPlan = {
  name: 'PostgreSQL',
  hasSecondPasswords: false,
  isQuick: false,
  start: async () => {
    const [server, { secrets, stop }] = await Promise.all([startPostgresServer(), startSecretPlace()]);
    return groundOf(postgresPlace(server), secrets, async () => {
      await Promise.all([server.stop(), stop()]);
    });
  },
};

/** A PostgreSQL that runs. */
export function postgresPlace(server: PostgresServer): DatabasePlace {
  return {
    address: server.address,
    superuser: server.superuser,
    hasSecondPasswords: false,
    engineFor: enginesFor,
    createUser: async ({ username, password }) => {
      await server.createUser({ username, password });
    },
    setPasswords: async (username, passwords) => {
      await server.sql(`ALTER ROLE ${escapeIdentifier(username)} PASSWORD ${escapeLiteral(onlyOne(passwords))}`);
    },
    signsIn: (user) => server.signsIn(user),
  };
}
