import { type DatabaseEngine } from '../../rotation/database-engine';
import {
  PermissionMissingError,
  PasswordRejectedError,
  SignInRefusedError,
  TargetMisconfiguredError,
  TargetUnavailableError,
} from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { Sensitive } from '../../rotation/sensitive';
import { type DatabaseUnderTest, type UserAccount } from './database-engine';

/** A server on which an application's users take turns, and what its administrator and its users do. */
export interface AlternatingUnderTest extends DatabaseUnderTest {
  /** Lets a user make tables. */
  allowTables(username: string): Promise<void>;
  /** Runs a statement signed in as the user, by other code than the engine's. */
  runAs(user: UserAccount, statement: string): Promise<void>;
  /** Gives a user a limit and a setting of its own, which go by a number. */
  customise(custom: { username: string; number: number }): Promise<void>;
  /** The number that {@link AlternatingUnderTest.customise} gave; undefined for a user as it was made. */
  customOf(username: string): Promise<number | undefined>;
  /** Takes away what {@link AlternatingUnderTest.customise} gave. */
  plain(username: string): Promise<void>;
  /** A user who may make users, and may not give another one all that this user has, or is given here. */
  weakSuperuser(username: string): Promise<ConnectionSecret>;
  /** Takes a user away with all that it has, where there is one. */
  dropUser(username: string): Promise<void>;
}

/** What to run the contract on. */
export interface AlternateUsersSubject {
  readonly name: string;
  readonly start: () => Promise<AlternatingUnderTest>;
  /** Why the server does not let a test arrange a password that its policy refuses, where it does not. */
  readonly cannotRefusePasswords?: string;
}

const hostileNames = ['App', 'two words', 'quote"double', "quote'single", 'back`tick', 'at@host', 'a TO b', 'Ünïcödé'];

/**
 * What every {@link DatabaseEngine} must do for two users who take turns: judged by signing in and by using tables, never
 * by what was sent.
 */
export function describeAlternateUsersContract(subject: AlternateUsersSubject): void {
  describe(`${subject.name} with alternate users`, () => {
    let world: AlternatingUnderTest;
    let engine: DatabaseEngine;
    let lastUser = 0;
    let lastTable = 0;

    beforeAll(async () => {
      world = await subject.start();
      engine = world.engine();
    });

    afterAll(async () => {
      await world.close();
    });

    const credential = ({ username, password }: UserAccount): ConnectionSecret => ({
      ...world.address,
      username,
      password: new Sensitive(password),
    });

    /** An application's user who may make tables; an alternate of an earlier run is taken away. */
    async function anApplication(username = `turn_${++lastUser}`): Promise<UserAccount> {
      const user = { username, password: 'the 1st password' };
      await world.dropUser(alternateOf(user).username);
      await world.createUser(user);
      await world.allowTables(username);
      return user;
    }

    const match = (
      original: UserAccount,
      alternate: UserAccount,
      by = world.superuser,
    ): Promise<{ changed: boolean }> =>
      engine.matchUser({ superuser: by, original: credential(original), alternate: credential(alternate) });

    const verify = (original: UserAccount, alternate: UserAccount): Promise<void> => {
      const pair = { original: credential(original), alternate: credential(alternate) };
      return engine.verifyCredential({ credential: pair.alternate, parity: { superuser: world.superuser, ...pair } });
    };

    const aTable = (): string => `${world.tablesIn === undefined ? '' : `${world.tablesIn}.`}turned_${++lastTable}`;

    /** A table of the superuser's that only this user may use. */
    async function aTableFor({ username }: UserAccount): Promise<string> {
      const table = aTable();
      await world.createTable(table);
      await world.grantTable({ table, username });
      return table;
    }

    async function aTableBy(user: UserAccount): Promise<string> {
      const table = aTable();
      await world.runAs(user, `CREATE TABLE ${table} (n integer)`);
      return table;
    }

    async function expectUsable(table: string, users: readonly UserAccount[]): Promise<void> {
      for (const user of users) {
        await world.runAs(user, `INSERT INTO ${table} (n) VALUES (1)`);
        await world.runAs(user, `SELECT n FROM ${table}`);
      }
    }

    describe('the first time', () => {
      it('makes the user, who signs in and may what the original may', async () => {
        const app = await anApplication();
        const tables = [await aTableFor(app), await aTableBy(app)];
        const clone = alternateOf(app);

        expect(await match(app, clone)).toEqual({ changed: true });

        expect(await world.signsIn(clone)).toBe(true);
        for (const table of tables) await expectUsable(table, [app, clone]);
        await verify(app, clone);
      });

      it('leaves the original’s password as it was, and every other user alone', async () => {
        const [app, other] = [await anApplication(), await anApplication()];
        const table = await aTableFor(app);

        await match(app, alternateOf(app));

        expect(await world.signsIn(app)).toBe(true);
        expect(await world.signsIn(other)).toBe(true);
        await expect(expectUsable(table, [other])).rejects.toThrow();
      });

      it('carries limits and settings over', async () => {
        const app = await anApplication();
        await world.customise({ username: app.username, number: 7 });

        await match(app, alternateOf(app));

        expect(await world.customOf(alternateOf(app).username)).toBe(7);
        expect(await world.customOf(app.username)).toBe(7);
      });

      it.each(hostileNames)('makes the alternate of user %j [§11.1]', async (username) => {
        const app = await anApplication(username);
        const table = await aTableFor(app);
        const clone = alternateOf(app);

        await match(app, clone);

        await expectUsable(table, [app, clone]);
        expect(await match(app, clone)).toEqual({ changed: false });
        await verify(app, clone);
      });
    });

    describe('again', () => {
      it('changes nothing [§11.23]', async () => {
        const app = await anApplication();
        const clone = alternateOf(app);
        await match(app, clone);

        expect(await match(app, clone)).toEqual({ changed: false });

        expect(await world.signsIn(clone)).toBe(true);
      });

      it('changes the password alone where that alone is new', async () => {
        const app = await anApplication();
        const clone = alternateOf(app);
        await match(app, clone);
        const renewed = { ...clone, password: 'renewed' };

        expect(await match(app, renewed)).toEqual({ changed: true });

        expect(await world.signsIn(renewed)).toBe(true);
        expect(await world.signsIn(clone)).toBe(false);
      });

      it('at the same moment ends with one user at parity', async () => {
        const app = await anApplication();
        const clone = alternateOf(app);

        const outcomes = await Promise.allSettled([1, 2, 3].map(() => match(app, clone)));

        for (const outcome of outcomes) {
          if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ retryable: true });
        }
        await match(app, clone);
        expect(await world.signsIn(clone)).toBe(true);
        await verify(app, clone);
      });

      it('repairs an alternate that was there, with another password and other limits, and may not sign in [§11.21]', async () => {
        const app = await anApplication();
        const clone = alternateOf(app);
        const table = await aTableFor(app);
        await world.createUser({ ...clone, password: 'of somebody 3lse' });
        await world.customise({ username: clone.username, number: 5 });
        await world.blockUser?.(clone.username);

        expect(await match(app, clone)).toEqual({ changed: true });

        expect(await world.signsIn(clone)).toBe(true);
        expect(await world.customOf(clone.username)).toBeUndefined();
        await expectUsable(table, [clone]);
        await verify(app, clone);
      });
    });

    describe('rotation after rotation', () => {
      it('lets both use what was granted to either and made by either in between', async () => {
        let current = await anApplication();
        let other = alternateOf(current);
        const tables = [await aTableFor(current), await aTableBy(current)];

        for (let rotation = 1; rotation <= 4; rotation++) {
          if (rotation > 1) {
            for (const user of [current, other]) tables.push(await aTableFor(user), await aTableBy(user));
          }
          const next = { ...other, password: `of rotation ${rotation}` };
          expect(await match(current, next)).toEqual({ changed: true });
          await verify(current, next);

          for (const table of tables) await expectUsable(table, [current, next]);
          expect(await match(current, next)).toEqual({ changed: false });
          [current, other] = [next, current];
        }
        expect(other.username).toMatch(/_clone$/);
      });

      it('lets both change the shape of what either made', async () => {
        const app = await anApplication();
        const clone = alternateOf(app);
        await match(app, clone);
        const tables = [await aTableBy(app), await aTableBy(clone)];
        const renewed = { ...app, password: 'renewed' };
        await match(clone, renewed);

        for (const table of tables) {
          await world.runAs(renewed, `ALTER TABLE ${table} ADD COLUMN by_one integer`);
          await world.runAs(clone, `ALTER TABLE ${table} ADD COLUMN by_other integer`);
        }
      });

      it('follows changed limits and settings, and takes away those that are gone', async () => {
        const app = await anApplication();
        const clone = alternateOf(app);
        await world.customise({ username: app.username, number: 7 });
        await match(app, clone);

        await world.customise({ username: clone.username, number: 9 });
        expect(await match(clone, app)).toEqual({ changed: true });
        expect(await world.customOf(app.username)).toBe(9);

        await world.plain(app.username);
        expect(await match(app, clone)).toEqual({ changed: true });
        expect(await world.customOf(clone.username)).toBeUndefined();
      });
    });

    describe('parity', () => {
      it('fails where only the original may use a table, and holds after the next rotation', async () => {
        const app = await anApplication();
        const clone = alternateOf(app);
        await match(app, clone);
        const table = await aTableFor(clone);

        await expect(verify(clone, app)).rejects.toBeInstanceOf(PermissionMissingError);
        await match(clone, app);

        await verify(clone, app);
        await expectUsable(table, [app, clone]);
      });

      it('fails where the alternate is not there', async () => {
        const app = await anApplication();

        const verifying = engine.verifyCredential({
          credential: credential(app),
          parity: { superuser: world.superuser, original: credential(app), alternate: credential(alternateOf(app)) },
        });

        await expect(verifying).rejects.toBeInstanceOf(PermissionMissingError);
      });
    });

    describe('half-way', () => {
      const arranged = subject.cannotRefusePasswords;
      const claim = 'goes on after a password that the policy refuses, with what was made before';
      const runs = async (): Promise<void> => {
        const app = await anApplication();
        const clone = alternateOf(app);
        const table = await aTableFor(app);
        const refused = world.passwordRefusedFor?.(clone.username) ?? '';

        await expect(match(app, { ...clone, password: refused })).rejects.toBeInstanceOf(PasswordRejectedError);
        expect(await world.signsIn(app)).toBe(true);

        expect(await match(app, clone)).toEqual({ changed: true });
        expect(await world.signsIn(clone)).toBe(true);
        await expectUsable(table, [clone]);
        await verify(app, clone);
      };
      if (arranged === undefined) it(claim, runs);
      else it.skip(`${claim} (cannot be arranged: ${arranged})`, runs);
    });

    describe('what is refused, with nothing changed', () => {
      it('is a superuser whose password is wrong', async () => {
        const app = await anApplication();
        const wrong = { ...world.superuser, password: new Sensitive('wrong') };

        await expect(match(app, alternateOf(app), wrong)).rejects.toBeInstanceOf(SignInRefusedError);

        expect(await world.signsIn(alternateOf(app))).toBe(false);
      });

      it('is an ordinary user in the place of the superuser', async () => {
        const [app, other] = [await anApplication(), await anApplication()];

        await expect(match(app, alternateOf(app), credential(other))).rejects.toBeInstanceOf(PermissionMissingError);

        expect(await world.signsIn(alternateOf(app))).toBe(false);
      });

      it('is a superuser who may not grant what the original has, and the error says what to run [§11.28] [§11.29]', async () => {
        const app = await anApplication();
        await aTableFor(app);
        const weak = await world.weakSuperuser(app.username);

        const matching = match(app, alternateOf(app), weak);

        await expect(matching).rejects.toBeInstanceOf(PermissionMissingError);
        await expect(matching).rejects.toThrow(/GRANT/);
        expect(await world.signsIn(alternateOf(app))).toBe(false);
      });

      it('is an original that does not exist', async () => {
        const nobody = { username: 'nobody_at_all', password: 'any' };

        await expect(match(nobody, alternateOf(nobody))).rejects.toBeInstanceOf(TargetMisconfiguredError);

        expect(await world.signsIn(alternateOf(nobody))).toBe(false);
      });

      it('is a server that cannot be reached', async () => {
        const app = await anApplication();
        const elsewhere = { ...world.superuser, port: world.unusedPort };

        await expect(match(app, alternateOf(app), elsewhere)).rejects.toBeInstanceOf(TargetUnavailableError);
      });
    });
  });
}

/** As AWS's rotation functions name it. */
function alternateOf({ username }: UserAccount): UserAccount {
  return { username: `${username}_clone`, password: 'the 1st password of the other' };
}
