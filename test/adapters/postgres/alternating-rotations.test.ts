import { randomUUID } from 'node:crypto';
import { PostgresEngine } from '../../../adapters/postgres';
import { scramVerifier } from '../../../adapters/postgres/scram-verifier';
import { generatePassword } from '../../../rotation/generate-password';
import { defaultPasswordPolicy } from '../../../rotation/password-policy';
import { withRedaction } from '../../../rotation/redaction';
import { type RotationConfiguration } from '../../../rotation/rotation-request';
import { type ConnectionSecret, SecretValue } from '../../../rotation/secret-value';
import { createSecret } from '../../../rotation/steps/create-secret';
import { finishSecret } from '../../../rotation/steps/finish-secret';
import { setSecret } from '../../../rotation/steps/set-secret';
import { type StepDeps } from '../../../rotation/steps/step';
import { testSecret } from '../../../rotation/steps/test-secret';
import { FakeSecretStore } from '../../support/fake-secret-store';
import { findLeaks } from '../../support/leak-scanner';
import { type OwnPostgresServer, startPostgresServer } from '../../support/postgres-server';
import { describeWith, provide } from '../../support/servers/describe-on';
import { findPostgres } from '../../support/servers/postgres-program';

const configuration: RotationConfiguration = {
  probes: { read: ['SELECT n FROM events'], write: ['INSERT INTO events (n) VALUES (0)'] },
};

/** An application that reads its secret, connects and writes, again and again, and one that stays connected. */
class Consumers {
  readonly failures: unknown[] = [];
  readonly usernames = new Set<string>();
  written = 0;
  #isRunning = true;
  #running: Promise<unknown> = Promise.resolve();

  constructor(
    readonly server: OwnPostgresServer,
    readonly current: () => Promise<ConnectionSecret>,
  ) {}

  start(): void {
    this.#running = Promise.all([this.#connecting(), this.#staying()]);
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    await this.#running;
  }

  /** Resolves when each write that begins from now on has been made so many times. */
  async untilWritten(more: number): Promise<void> {
    const goal = this.written + more;
    while (this.written < goal && this.failures.length === 0) await this.#write(await this.current());
  }

  async #connecting(): Promise<void> {
    while (this.#isRunning) await this.#write(await this.current());
  }

  async #staying(): Promise<void> {
    const write = async (): Promise<void> => {
      await this.server.withClient(
        async (client) => {
          while (this.#isRunning) await client.query('INSERT INTO events (n) VALUES (1)');
        },
        await this.current(),
      );
    };
    await write().catch((error: unknown) => this.failures.push(error));
  }

  async #write(as: ConnectionSecret): Promise<void> {
    try {
      await this.server.sql('INSERT INTO events (n) VALUES (1)', as);
      this.usernames.add(as.username);
      this.written++;
    } catch (error) {
      this.failures.push(error);
    }
  }
}

function describeRotations(binaries?: ReturnType<typeof findPostgres>): void {
  let server: OwnPostgresServer;
  const store = new FakeSecretStore();
  const passwords: string[] = [];
  let secretId = '';
  const deps: StepDeps = { store, engineFor: (_, tls = {}) => withRedaction(new PostgresEngine({ tls })) };

  async function current(): Promise<ConnectionSecret> {
    const version = await store.readLabel({ secretId, label: 'AWSCURRENT' });
    if (!version) throw new Error('No version is current.');
    return SecretValue.parse(version.text).connection;
  }

  async function rotate(): Promise<void> {
    const request = { secretId, clientRequestToken: randomUUID(), configuration };
    const { currentVersionId } = await createSecret(deps, request);
    const rotation = { ...request, currentVersionId };
    for (const step of [setSecret, testSecret, finishSecret]) await step(deps, rotation);
    passwords.push((await current()).password.reveal());
  }

  beforeAll(async () => {
    server = await startPostgresServer({ log_statement: 'all', log_min_error_statement: 'debug1' }, binaries);
    const { host, port, password } = server.superuser;
    const first = generatePassword(defaultPasswordPolicy());
    passwords.push(first.reveal(), password.reveal());
    await server.sql(`CREATE ROLE app LOGIN PASSWORD '${await scramVerifier({ password: first, iterations: 4096 })}'`);
    await server.sql('CREATE TABLE events (id serial, n integer); GRANT SELECT, INSERT ON events TO app');
    await server.sql('GRANT USAGE ON SEQUENCE events_id_seq TO app');

    const secret = { engine: 'postgres', host, port, dbname: 'postgres', ssl: false };
    const app = { ...secret, username: 'app', password: first.reveal(), masterarn: 'admin' };
    secretId = store.createSecret({ name: 'prod/app', text: JSON.stringify(app) }).arn;
    // As RDS stores the one that it manages.
    store.createSecret({ name: 'admin', text: JSON.stringify({ username: 'postgres', password: password.reveal() }) });
  });

  afterAll(async () => {
    await server.stop();
  });

  it('three in a row fail no query of an application that writes all the time', async () => {
    const consumers = new Consumers(server, current);
    consumers.start();
    const users: string[] = [];
    try {
      for (let rotation = 1; rotation <= 3; rotation++) {
        await consumers.untilWritten(5);
        await rotate();
        users.push((await current()).username);
      }
      await consumers.untilWritten(5);
    } finally {
      await consumers.stop();
    }

    expect(consumers.failures).toEqual([]);
    expect(users).toEqual(['app_clone', 'app', 'app_clone']);
    expect(consumers.usernames).toEqual(new Set(['app', 'app_clone']));
    expect(consumers.written).toBeGreaterThanOrEqual(20);
  });

  it('and none of the passwords is in the server’s log, in any form', async () => {
    const log = await server.log();

    expect(log).toMatch(/statement: ALTER ROLE "app" PASSWORD|ALTER ROLE "app_clone" PASSWORD/);
    expect(passwords).toHaveLength(5);
    expect(
      findLeaks(
        log,
        passwords.map((value, at) => ({ name: `password ${at}`, value })),
      ),
    ).toEqual([]);
  });
}

describe('rotations of alternating users', () => {
  describeRotations();
});

describeWith(
  'rotations of alternating users on PostgreSQL 15',
  { provision: provide(() => findPostgres(15)) },
  (binaries) => {
    describeRotations(binaries);
  },
);
