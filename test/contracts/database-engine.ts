import { inspect } from 'node:util';
import { type DatabaseEngine } from '../../rotation/database-engine';
import {
  AccountBlockedError,
  CannotVerifyError,
  ConfigurationInvalidError,
  PasswordRejectedError,
  PermissionMissingError,
  RotationError,
  SignInRefusedError,
  TargetMisconfiguredError,
  TargetUnavailableError,
} from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { Sensitive } from '../../rotation/sensitive';

/** A user as a person would set it up. */
export interface UserAccount {
  readonly username: string;
  readonly password: string;
}

/** What not every server lets a test arrange. */
export type Arrangement = 'blockUser' | 'admitUnchecked' | 'passwordRefusedFor' | 'spacesAroundName';

/** A server, and what its administrator and its users do without the engine. */
export interface DatabaseUnderTest {
  /** What every credential for this server has in common. */
  readonly address: Omit<ConnectionSecret, 'username' | 'password'>;
  readonly superuser: ConnectionSecret;
  /** A port of the same host where nothing listens. */
  readonly unusedPort: number;
  engine(options?: { signal?: AbortSignal }): DatabaseEngine;
  /** An ordinary user who may sign in and do nothing else. */
  createUser(user: UserAccount): Promise<void>;
  /** Signs in by other code than the engine's. False: the server refused. */
  signsIn(user: UserAccount): Promise<boolean>;
  /** Forbids a user to sign in with the right password. */
  readonly blockUser?: (username: string) => Promise<void>;
  /** Makes the server take any password for the user. */
  readonly admitUnchecked?: (username: string) => Promise<void>;
  /** A password that the server's policy refuses for this user, however it is sent. */
  readonly passwordRefusedFor?: (username: string) => string;
  /** The database that tables are made in, where a statement has to name it. @defaultValue none */
  readonly tablesIn?: string;
  /** Makes a table with one column, the whole number `n`; nobody but the superuser may use it. */
  createTable(table: string): Promise<void>;
  /** Lets a user read, insert, update and delete in a table. */
  grantTable(grant: { table: string; username: string }): Promise<void>;
  /** How many rows a table has. */
  countRows(table: string): Promise<number>;
  close(): Promise<void>;
}

/** What to run the contract on. */
export interface DatabaseEngineSubject {
  readonly name: string;
  /** Whether the server's users can have two passwords. @defaultValue false */
  readonly secondPassword?: boolean;
  readonly start: () => Promise<DatabaseUnderTest>;
  /** What this server does not let a test arrange, each with the reason: the cases are skipped by name. */
  readonly cannot?: Partial<Record<Arrangement, string>>;
}

const allPrintable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index)).join('');

/** At most 32 characters, which is the shortest limit of the engines. */
const hostileNames = [
  'App',
  'two words',
  'quote"double',
  "quote'single",
  'quote`back',
  'back\\slash',
  'at@host',
  'percent%s',
  'semicolon; --',
  '/* comment */',
  'dollar$1$$',
  'current_user',
  'select',
  'приложение',
  'Ünïcödé',
];

const hostilePasswords = [
  allPrintable,
  ' space first and last ',
  `'`,
  `"`,
  '\\',
  "\\\\'; --",
  '$$ $1 %s %%',
  '/* */ # --',
  ':@/?&=+%20',
  'line\nbreak\tand tab',
  'x',
  'p'.repeat(100),
];

/**
 * What every {@link DatabaseEngine} must do: run on each adapter with real servers, and on the fake that other tests lean
 * on. It is judged by signing in, never by what was sent.
 */
export function describeDatabaseEngineContract({
  name,
  start,
  secondPassword = false,
  cannot = {},
}: DatabaseEngineSubject): void {
  describe(`${name} as a database engine`, () => {
    let world: DatabaseUnderTest;
    let engine: DatabaseEngine;
    let lastUser = 0;
    let lastTable = 0;

    beforeAll(async () => {
      world = await start();
      engine = world.engine();
    });

    afterAll(async () => {
      await world.close();
    });

    /** A case that needs something arranged: skipped by name and with the reason where it cannot be. */
    function itNeeds(arrangement: Arrangement, claim: string, run: () => Promise<void>): void {
      const reason = cannot[arrangement];
      if (reason === undefined) it(claim, run);
      else it.skip(`${claim} (cannot be arranged: ${reason})`, run);
    }

    function arranged<T>(arrangement: T | undefined): T {
      if (arrangement === undefined) throw new Error('The subject neither arranges this nor says why it cannot.');
      return arrangement;
    }

    async function aUser({
      username = `app_${++lastUser}`,
      password = `first password ${lastUser}`,
    } = {}): Promise<UserAccount> {
      await world.createUser({ username, password });
      return { username, password };
    }

    const credential = ({ username, password }: UserAccount): ConnectionSecret => ({
      ...world.address,
      username,
      password: new Sensitive(password),
    });

    const changeOwn = (user: UserAccount, newPassword: string): Promise<void> =>
      engine.changePassword({
        signInAs: credential(user),
        username: user.username,
        newPassword: new Sensitive(newPassword),
      });

    const changeBySuperuser = (username: string, newPassword: string): Promise<void> =>
      engine.changePassword({ signInAs: world.superuser, username, newPassword: new Sensitive(newPassword) });

    async function expectOnly({
      username,
      right,
      wrong,
    }: {
      username: string;
      right: string;
      wrong: string;
    }): Promise<void> {
      expect(await world.signsIn({ username, password: right })).toBe(true);
      expect(await world.signsIn({ username, password: wrong })).toBe(false);
    }

    /** The calls that connect, each with this credential. */
    const everyCall = (signInAs: ConnectionSecret): [string, () => Promise<unknown>][] => [
      ['canSignIn', () => engine.canSignIn(signInAs)],
      ['inspect', () => engine.inspect(signInAs)],
      ['verifyCredential', () => engine.verifyCredential({ credential: signInAs })],
      [
        'changePassword',
        () => engine.changePassword({ signInAs, username: signInAs.username, newPassword: new Sensitive('never set') }),
      ],
      [
        'matchUser',
        () => {
          const alternate = { ...signInAs, username: `${signInAs.username}_clone` };
          return engine.matchUser({ superuser: signInAs, original: signInAs, alternate });
        },
      ],
    ];

    describe('canSignIn', () => {
      it('is true for the right password', async () => {
        const user = await aUser();

        expect(await engine.canSignIn(credential(user))).toBe(true);
      });

      it('is false for a wrong password', async () => {
        const user = await aUser();

        expect(await engine.canSignIn(credential({ ...user, password: 'wrong' }))).toBe(false);
      });

      it('is false for a user that does not exist', async () => {
        expect(await engine.canSignIn(credential({ username: 'nobody_here', password: 'any' }))).toBe(false);
      });

      it('tells apart passwords that differ in case or in a space', async () => {
        const user = await aUser({ password: 'Secret word 1' });

        expect(await engine.canSignIn(credential({ ...user, password: 'secret word 1' }))).toBe(false);
        expect(await engine.canSignIn(credential({ ...user, password: 'Secret word 1 ' }))).toBe(false);
      });
    });

    describe('inspect', () => {
      it('tells the same server to every user, every time', async () => {
        const user = await aUser();

        const { serverId } = await engine.inspect(credential(user));

        expect(serverId).not.toBe('');
        expect(await engine.inspect(world.superuser)).toMatchObject({ serverId });
      });

      it('tells whether users can have a second password', async () => {
        expect(await engine.inspect(credential(await aUser()))).toMatchObject({ secondPassword });
      });

      it('refuses a wrong password and an unknown user', async () => {
        const user = await aUser();

        for (const wrong of [
          { ...user, password: 'wrong' },
          { username: 'nobody_here', password: 'any' },
        ]) {
          await expect(engine.inspect(credential(wrong))).rejects.toBeInstanceOf(SignInRefusedError);
        }
      });
    });

    describe('changePassword', () => {
      it('lets a user change its own password, which ends the old one', async () => {
        const user = await aUser();

        await changeOwn(user, 'second');

        await expectOnly({ username: user.username, right: 'second', wrong: user.password });
      });

      it('lets the superuser change the password of another user', async () => {
        const user = await aUser();

        await changeBySuperuser(user.username, 'second');

        await expectOnly({ username: user.username, right: 'second', wrong: user.password });
      });

      it('leaves every other user alone', async () => {
        const [user, other] = [await aUser(), await aUser()];

        await changeOwn(user, 'second');
        await changeBySuperuser(user.username, 'third');

        await expectOnly({ username: other.username, right: other.password, wrong: 'third' });
      });

      it('is harmless when repeated', async () => {
        const user = await aUser();

        await changeBySuperuser(user.username, 'second');
        await changeBySuperuser(user.username, 'second');

        await expectOnly({ username: user.username, right: 'second', wrong: user.password });
      });

      it('accepts a new password that equals the old one [§11.14]', async () => {
        const user = await aUser();

        await changeOwn(user, user.password);

        expect(await world.signsIn(user)).toBe(true);
      });

      it('changes nothing when the credential to sign in with is refused', async () => {
        const user = await aUser();

        const changing = changeOwn({ ...user, password: 'wrong' }, 'second');

        await expect(changing).rejects.toBeInstanceOf(SignInRefusedError);
        await expectOnly({ username: user.username, right: user.password, wrong: 'second' });
      });

      it('changes nothing when the user may not change the other one, and says so', async () => {
        const [user, other] = [await aUser(), await aUser()];

        const changing = engine.changePassword({
          signInAs: credential(user),
          username: other.username,
          newPassword: new Sensitive('second'),
        });

        await expect(changing).rejects.toBeInstanceOf(PermissionMissingError);
        await expectOnly({ username: other.username, right: other.password, wrong: 'second' });
      });

      it('refuses a user that does not exist as something no retry can change', async () => {
        await expect(changeBySuperuser('nobody_here', 'second')).rejects.toBeInstanceOf(TargetMisconfiguredError);
      });

      it('lets simultaneous changes of one user end with one of their passwords [§11.45]', async () => {
        const user = await aUser();
        const passwords = ['second', 'third', 'fourth', 'fifth'];

        const outcomes = await Promise.allSettled(
          passwords.map((password) => changeBySuperuser(user.username, password)),
        );

        const failures = outcomes.flatMap((outcome) =>
          outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
        );
        for (const failure of failures) expect(failure).toMatchObject({ retryable: true });
        expect(failures.length).toBeLessThan(passwords.length);
        const accepted = await Promise.all(passwords.map((password) => world.signsIn({ ...user, password })));
        expect(accepted.filter(Boolean)).toHaveLength(1);
        expect(await world.signsIn(user)).toBe(false);
      });

      if (!secondPassword) {
        it('changes nothing where another password should be kept, because a user has but one', async () => {
          const user = await aUser();

          const changing = engine.changePassword({
            signInAs: credential(user),
            username: user.username,
            newPassword: new Sensitive('second'),
            alsoKeep: new Sensitive(user.password),
          });

          await expect(changing).rejects.toBeInstanceOf(ConfigurationInvalidError);
          await expectOnly({ username: user.username, right: user.password, wrong: 'second' });
        });
      }

      it('refuses an empty new password and one with NUL, and changes nothing [§11.11]', async () => {
        const user = await aUser();

        for (const password of ['', 'a\0b']) {
          await expect(changeOwn(user, password)).rejects.toBeInstanceOf(RotationError);
        }

        expect(await world.signsIn(user)).toBe(true);
      });

      it('changes nothing when its signal is aborted before', async () => {
        const user = await aUser();
        const changing = world.engine({ signal: AbortSignal.abort(new Error('no longer wanted')) }).changePassword({
          signInAs: credential(user),
          username: user.username,
          newPassword: new Sensitive('second'),
        });

        await expect(changing).rejects.toThrow('no longer wanted');
        await expectOnly({ username: user.username, right: user.password, wrong: 'second' });
      });

      itNeeds(
        'passwordRefusedFor',
        'tells a password that the policy refuses, and keeps the old one [§11.14]',
        async () => {
          const user = await aUser();
          const refused = arranged(world.passwordRefusedFor)(user.username);

          await expect(changeOwn(user, refused)).rejects.toBeInstanceOf(PasswordRejectedError);
          await expect(changeBySuperuser(user.username, refused)).rejects.toBeInstanceOf(PasswordRejectedError);

          await expectOnly({ username: user.username, right: user.password, wrong: refused });
        },
      );
    });

    describe('verifyCredential', () => {
      it('passes for a credential that the server checked', async () => {
        const user = await aUser();

        await expect(engine.verifyCredential({ credential: credential(user) })).resolves.toBeUndefined();
      });

      it('passes for a password that was just changed, and refuses the one before [§11.37]', async () => {
        const user = await aUser();

        await changeOwn(user, 'second');

        await expect(
          engine.verifyCredential({ credential: credential({ ...user, password: 'second' }) }),
        ).resolves.toBeUndefined();
        await expect(engine.verifyCredential({ credential: credential(user) })).rejects.toBeInstanceOf(
          SignInRefusedError,
        );
      });

      it('refuses a wrong password and an unknown user', async () => {
        const user = await aUser();
        const wrong = [
          { ...user, password: 'wrong' },
          { username: 'nobody_here', password: 'any' },
        ];

        for (const each of wrong) {
          await expect(engine.verifyCredential({ credential: credential(each) })).rejects.toBeInstanceOf(
            SignInRefusedError,
          );
        }
      });

      it('changes nothing', async () => {
        const user = await aUser();

        await engine.verifyCredential({ credential: credential(user) });

        await expectOnly({ username: user.username, right: user.password, wrong: 'wrong' });
      });

      describe('with probes', () => {
        const table = (): string => `${world.tablesIn === undefined ? '' : `${world.tablesIn}.`}probed_${++lastTable}`;
        const probesOf = (name: string): { read: string[]; write: string[] } => ({
          read: [`SELECT n FROM ${name}`],
          write: [`INSERT INTO ${name} (n) VALUES (1)`, `UPDATE ${name} SET n = 2`, `DELETE FROM ${name}`],
        });

        it('passes for what the user may do, and leaves no trace', async () => {
          const [user, name] = [await aUser(), table()];
          await world.createTable(name);
          await world.grantTable({ table: name, username: user.username });

          await engine.verifyCredential({ credential: credential(user), probes: probesOf(name) });

          expect(await world.countRows(name)).toBe(0);
        });

        it.each(['read', 'write'] as const)('tells a missing right of a %s probe [§11.39]', async (kind) => {
          const [user, name] = [await aUser(), table()];
          await world.createTable(name);

          const verifying = engine.verifyCredential({
            credential: credential(user),
            probes: { [kind]: probesOf(name)[kind] },
          });

          await expect(verifying).rejects.toBeInstanceOf(PermissionMissingError);
        });

        it.each([
          ['a read probe that makes no sense', { read: ['SELEKT s3cret'] }],
          ['a write probe that makes no sense', { write: ['INSURT s3cret'] }],
          ['a read probe of a table that is not there', { read: ['SELECT n FROM s3cret'] }],
          ['a write probe of a table that is not there', { write: ['DELETE FROM s3cret'] }],
          ['a write probe that does not write', { write: ['COMMIT'] }],
        ])('takes %s for a mistake in the configuration, and does not show it', async (_, probes) => {
          const user = await aUser();

          const failure: unknown = await engine
            .verifyCredential({ credential: credential(user), probes })
            .catch((error: unknown) => error);

          // A server need not tell a stranger that a table is not there.
          expect([ConfigurationInvalidError, PermissionMissingError]).toContain((failure as Error).constructor);
          for (const shown of everythingShownOf(failure as Error)) expect(shown).not.toMatch(/SELEKT|INSURT|s3cret/);
        });

        it('does not let a read probe write', async () => {
          const [user, name] = [await aUser(), table()];
          await world.createTable(name);
          await world.grantTable({ table: name, username: user.username });

          const verifying = engine.verifyCredential({
            credential: credential(user),
            probes: { read: [`INSERT INTO ${name} (n) VALUES (1)`] },
          });

          await expect(verifying).rejects.toBeInstanceOf(ConfigurationInvalidError);
          expect(await world.countRows(name)).toBe(0);
        });
      });

      itNeeds('admitUnchecked', 'fails for a server that takes any password [§11.32]', async () => {
        const user = await aUser();
        await arranged(world.admitUnchecked)(user.username);

        expect(await engine.canSignIn(credential({ ...user, password: 'any' }))).toBe(true);
        await expect(engine.verifyCredential({ credential: credential(user) })).rejects.toBeInstanceOf(
          CannotVerifyError,
        );
      });
    });

    describe('every call', () => {
      it('takes a server that cannot be reached for unavailable, not for a refusal', async () => {
        const user = await aUser();

        for (const [, call] of everyCall({ ...credential(user), port: world.unusedPort })) {
          await expect(call()).rejects.toBeInstanceOf(TargetUnavailableError);
        }
      });

      it('takes a database that does not exist for a mistake in the secret, not for a refusal', async () => {
        const user = await aUser();

        for (const [, call] of everyCall({ ...credential(user), dbname: 'no_such_database' })) {
          const failure = await call().catch((error: unknown) => error);
          expect([TargetMisconfiguredError, PermissionMissingError]).toContain((failure as Error).constructor);
        }
      });

      itNeeds('blockUser', 'tells a blocked account from a refused password', async () => {
        const user = await aUser();
        await arranged(world.blockUser)(user.username);

        for (const [, call] of everyCall(credential(user))) {
          await expect(call()).rejects.toBeInstanceOf(AccountBlockedError);
        }
      });

      it('keeps the passwords out of its errors [§11.18]', async () => {
        const user = await aUser({ password: 'fIrst-gUarded-pAssword' });
        const newPassword = 'sEcond-gUarded-pAssword';
        const signInAs = credential(user);
        const ways: ConnectionSecret[] = [
          { ...signInAs, port: world.unusedPort },
          { ...signInAs, dbname: 'no_such_database' },
          { ...signInAs, username: 'nobody_here' },
        ];
        const changes = [...ways, signInAs].map(
          (way) => () =>
            engine.changePassword({ signInAs: way, username: 'nobody_else', newPassword: new Sensitive(newPassword) }),
        );
        const verifications = ways.map((way) => () => engine.verifyCredential({ credential: way }));

        for (const call of [...changes, ...verifications]) {
          const failure: unknown = await call().catch((error: unknown) => error);
          expect(failure).toBeInstanceOf(RotationError);
          for (const shown of everythingShownOf(failure as Error)) {
            expect(shown).not.toContain(user.password);
            expect(shown).not.toContain(newPassword);
          }
        }
      });

      it('tells who and where in the ids of its errors', async () => {
        const user = await aUser();

        const failure: unknown = await engine
          .verifyCredential({ credential: credential({ ...user, password: 'wrong' }) })
          .catch((error: unknown) => error);

        expect(failure).toMatchObject({ ids: { host: world.address.host, username: user.username } });
      });
    });

    describe('names and passwords', () => {
      async function expectUsable(username: string): Promise<void> {
        const user = await aUser({ username });

        await changeOwn(user, 'second');
        await changeBySuperuser(username, 'third');

        await expectOnly({ username, right: 'third', wrong: 'second' });
        expect(await engine.canSignIn(credential({ username, password: 'third' }))).toBe(true);
        await engine.verifyCredential({ credential: credential({ username, password: 'third' }) });
      }

      it.each(hostileNames)('signs in, changes and verifies user %j [§11.1]', expectUsable);

      itNeeds('spacesAroundName', 'signs in, changes and verifies user " leading and trailing " [§11.6]', () =>
        expectUsable(' leading and trailing '),
      );

      it('leaves the user alone whose name differs in case only [§11.2]', async () => {
        const [upper, lower] = [await aUser({ username: 'Mixed_Case' }), await aUser({ username: 'mixed_case' })];

        await changeBySuperuser(upper.username, 'second');

        await expectOnly({ username: lower.username, right: lower.password, wrong: 'second' });
        await expectOnly({ username: upper.username, right: 'second', wrong: upper.password });
      });

      it.each(hostilePasswords)('changes to the password %j and from it [§11.9] [§11.10]', async (password) => {
        const user = await aUser();

        await changeOwn(user, password);

        await expectOnly({ username: user.username, right: password, wrong: `${password} ` });
        expect(await engine.canSignIn(credential({ ...user, password }))).toBe(true);
        await engine.verifyCredential({ credential: credential({ ...user, password }) });
        await changeOwn({ ...user, password }, 'plain');
        await expectOnly({ username: user.username, right: 'plain', wrong: password });
      });
    });
  });
}

/** Every way in which an error comes to be seen. */
function everythingShownOf(error: Error): string[] {
  return [
    String(error),
    error.message,
    error.stack ?? '',
    JSON.stringify(error),
    inspect(error, { depth: Infinity, showHidden: true }),
  ];
}
