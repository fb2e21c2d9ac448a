import { PostgresEngine } from '../../../adapters/postgres';
import { MalformedSecretError, PasswordRejectedError } from '../../../rotation/errors';
import { type ConnectionSecret } from '../../../rotation/secret-value';
import { Sensitive } from '../../../rotation/sensitive';

const engine = new PostgresEngine();
const secret: ConnectionSecret = {
  engine: 'postgres',
  host: 'db.internal',
  username: 'app',
  password: new Sensitive('old'),
  tls: true,
};
const validate = (change: Partial<ConnectionSecret>) => (): void => {
  engine.validate({ ...secret, ...change });
};

describe('validate', () => {
  it.each([
    {},
    { port: 1 },
    { port: 65_535 },
    { dbname: 'app' },
    { host: '::1' },
    { username: 'PG_app' },
    { username: 'pgadmin' },
    { username: 'Public' },
    { username: 'postgres' },
    { username: 'a"; --' },
    { password: new Sensitive(' \t\n') },
    { password: new Sensitive('pässwörd') },
  ])('takes %j', (change) => {
    expect(validate(change)).not.toThrow();
  });

  it.each([
    { username: '' },
    { username: 'a\0b' },
    { username: 'none' },
    { username: 'public' },
    { username: 'pg_monitor' },
    { username: 'pg_\nx' },
    { host: '' },
    { host: 'db\0' },
    { host: '/var/run/postgresql' },
    { port: 0 },
    { port: 65_536 },
    { port: 5432.5 },
    { port: Number.NaN },
    { dbname: '' },
    { dbname: 'a\0b' },
    { dbname: 'd'.repeat(64) },
    { password: new Sensitive('') },
    { password: new Sensitive('a\0b') },
  ])('refuses %j [§11.6] [§11.11]', (change) => {
    expect(validate(change)).toThrow(MalformedSecretError);
  });

  it('refuses a 63-byte overflow, counted in bytes, of the user and of its alternate [§11.3]', () => {
    expect(validate({ username: 'u'.repeat(63) })).not.toThrow();
    expect(validate({ username: 'u'.repeat(64) })).toThrow(/64 bytes/);
    expect(validate({ username: `${'u'.repeat(57)}_clone` })).not.toThrow();
    expect(validate({ username: `${'u'.repeat(58)}_clone` })).toThrow(MalformedSecretError);
    expect(validate({ username: 'ü'.repeat(31) })).not.toThrow();
    expect(validate({ username: 'ü'.repeat(32) })).toThrow(/64 bytes/);
  });
});

describe('before anything is sent', () => {
  // Nothing answers for this host: a refusal can only come from here.
  const nowhere = { ...secret, host: 'host.invalid' };

  it.each([
    ['empty', ''],
    ['NUL', 'a\0b'],
    ['a ligature and a control character', 'ﬁ\u0007'],
    ['a ligature and what Unicode 3.2 did not know', 'ﬁ🔑'],
    ['a ligature between two directions', 'ﬁ\u05d0'],
    ['nothing that is left', '\u00ad'],
  ])('a new password is refused: %s', async (_, password) => {
    const changing = engine.changePassword({
      signInAs: nowhere,
      username: 'app',
      newPassword: new Sensitive(password),
    });

    await expect(changing).rejects.toBeInstanceOf(PasswordRejectedError);
  });

  it('a user whose password is to be changed is refused by its name [§11.3] [§11.6]', async () => {
    for (const username of ['', 'u'.repeat(64), 'pg_read_all_data', 'public']) {
      const changing = engine.changePassword({ signInAs: nowhere, username, newPassword: new Sensitive('new') });
      await expect(changing).rejects.toBeInstanceOf(MalformedSecretError);
    }
  });

  it('a credential that would leave a field to the environment is refused', async () => {
    for (const field of [{ username: '' }, { host: '' }, { dbname: '' }, { password: new Sensitive('') }]) {
      await expect(engine.canSignIn({ ...nowhere, ...field })).rejects.toBeInstanceOf(MalformedSecretError);
      await expect(engine.verifyCredential({ credential: { ...nowhere, ...field } })).rejects.toBeInstanceOf(
        MalformedSecretError,
      );
    }
  });
});
