import fc from 'fast-check';
import { type Client, escapeLiteral } from 'pg';
import { PostgresEngine } from '../../../adapters/postgres';
import { saslprep } from '../../../adapters/postgres/saslprep';
import { scramVerifier } from '../../../adapters/postgres/scram-verifier';
import { Sensitive } from '../../../rotation/sensitive';
import { type OwnPostgresServer, startPostgresServer } from '../../support/postgres-server';
import { describeWith, provide } from '../../support/servers/describe-on';
import { findPostgres } from '../../support/servers/postgres-program';

/** Left as they are by SASLprep; the last ones hold what it forbids or does not know. */
const unchanged = ['naïve', 'pässwörd', 'пароль', 'κωδικός', '密码', 'סיסמה', 'كلمة', '🔑key', 'é\u0007', 'a\u05d0b'];

/** Made into something else by SASLprep. */
const prepared = [
  'cafe\u0301',
  'a\u00a0b',
  'a\u00adb',
  'ﬁle',
  '\u3000x',
  'Ⅷ²',
  'ｆｕｌｌ',
  'x\u200by',
  'пароли\u0306',
  '\u1112\u1161\u11ab',
];

/** Half of a pair of UTF-16 is none. */
const isCharacter = (point: number): boolean => point < 0xd800 || point > 0xdfff;

/** All that is taken and made into something else. */
const changing = Array.from({ length: 0xffff }, (_, index) => index + 1).filter((point) => {
  const text = String.fromCodePoint(point);
  return isCharacter(point) && ![undefined, text].includes(saslprep(text));
});

function describeOn(name: string, binaries?: ReturnType<typeof findPostgres>): void {
  describe(name, () => {
    const engine = new PostgresEngine();
    let server: OwnPostgresServer;

    beforeAll(async () => {
      server = await startPostgresServer({ password_encryption: 'scram-sha-256' }, binaries);
      await server.createUser({ username: 'app', password: 'first' });
    });

    afterAll(async () => {
      await server.stop();
    });

    /** The verifier that the server itself makes of a password, and ours with the same salt. */
    async function verifiersOf(password: string, client: Client): Promise<{ theirs: string; ours: string }> {
      await client.query(`ALTER ROLE app PASSWORD ${escapeLiteral(password)}`);
      const { rows } = await client.query<{ rolpassword: string }>(
        `SELECT rolpassword FROM pg_authid WHERE rolname = 'app'`,
      );
      const theirs = rows[0]?.rolpassword ?? '';
      const [, iterations, salt = ''] = /^SCRAM-SHA-256\$(\d+):([^$]+)\$/.exec(theirs) ?? [];
      const input = { iterations: Number(iterations), salt: Buffer.from(salt, 'base64') };
      return { theirs, ours: await scramVerifier({ password: new Sensitive(password), ...input }) };
    }

    it.each([...unchanged, ...prepared])(
      'has the verifier of %j that the server itself makes [§11.12] [§11.15]',
      (password) =>
        server.withClient(async (client) => {
          const { theirs, ours } = await verifiersOf(password, client);

          expect(ours).toBe(theirs);
        }),
    );

    it('has the server’s verifier of every password that it takes, whatever it holds [§11.15]', async () => {
      const character = fc.oneof(
        fc.constantFrom(...changing),
        fc.integer({ min: 1, max: 0x1ffff }).filter(isCharacter),
      );
      const passwords = fc
        .array(character, { minLength: 1, maxLength: 4 })
        .map((points) => String.fromCodePoint(...points))
        .filter((password) => saslprep(password) !== undefined);

      await server.withClient((client) =>
        fc.assert(
          fc.asyncProperty(passwords, async (password) => {
            const { theirs, ours } = await verifiersOf(password, client);
            return ours === theirs;
          }),
          { numRuns: 500 },
        ),
      );
    });

    it.each([...unchanged, ...prepared])(
      'sets %j, which signs in, and replaces it again [§11.12]',
      async (password) => {
        const signInAs = server.superuser;
        const change = (to: string, by = signInAs): Promise<void> =>
          engine.changePassword({ signInAs: by, username: 'app', newPassword: new Sensitive(to) });
        const user = { username: 'app', password };
        await change('plain');

        await change(password);

        expect(await server.signsIn(user)).toBe(true);
        await engine.verifyCredential({ credential: server.credential(user) });
        await change('plain', server.credential(user));
        expect(await server.signsIn(user)).toBe(false);
      },
    );
  });
}

describeOn('PostgreSQL');

describeWith('PostgreSQL 15', { provision: provide(() => findPostgres(15)) }, (binaries) => {
  describeOn('on PostgreSQL 15', binaries);
});
