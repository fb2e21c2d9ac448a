import { type DatabaseEngine } from '../../rotation/database-engine';
import { PermissionMissingError, SignInRefusedError } from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { Sensitive } from '../../rotation/sensitive';
import { type DatabaseUnderTest, type UserAccount } from './database-engine';

/** What to run the contract on. */
export interface SecondPasswordsSubject {
  readonly name: string;
  readonly start: () => Promise<DatabaseUnderTest>;
}

/**
 * What every {@link DatabaseEngine} must do whose servers give a user a second password: judged by signing in, never by
 * what was sent.
 */
export function describeSecondPasswordsContract({ name, start }: SecondPasswordsSubject): void {
  describe(`${name} with second passwords`, () => {
    let world: DatabaseUnderTest;
    let engine: DatabaseEngine;
    let lastUser = 0;

    beforeAll(async () => {
      world = await start();
      engine = world.engine();
    });

    afterAll(async () => {
      await world.close();
    });

    async function aUser(): Promise<UserAccount> {
      const user = { username: `kept_${++lastUser}`, password: `first ${lastUser}` };
      await world.createUser(user);
      return user;
    }

    const credential = ({ username, password }: UserAccount): ConnectionSecret => ({
      ...world.address,
      username,
      password: new Sensitive(password),
    });

    /** Changes the password signed in as the superuser, and keeps one where it is named. */
    const change = ({ username, to, keep }: { username: string; to: string; keep?: string }): Promise<void> =>
      engine.changePassword({
        signInAs: world.superuser,
        username,
        newPassword: new Sensitive(to),
        ...(keep === undefined ? {} : { alsoKeep: new Sensitive(keep) }),
      });

    /** Expects that of the passwords which a user ever had exactly some work. */
    async function expectPasswords({ username, work }: { username: string; work: string[] }): Promise<void> {
      for (const password of [...new Set([...work, 'second', 'third', 'fourth', `first ${lastUser}`])]) {
        expect([password, await world.signsIn({ username, password })]).toEqual([password, work.includes(password)]);
      }
    }

    it('tells that it has them', async () => {
      expect(await engine.inspect(credential(await aUser()))).toMatchObject({ secondPassword: true });
    });

    it('lets both passwords work, and verifies each', async () => {
      const user = await aUser();

      await change({ username: user.username, to: 'second', keep: user.password });

      await expectPasswords({ username: user.username, work: ['second', user.password] });
      for (const password of ['second', user.password]) {
        expect(await engine.canSignIn(credential({ ...user, password }))).toBe(true);
        await engine.verifyCredential({ credential: credential({ ...user, password }) });
      }
    });

    it('loses neither when it is repeated [§11.23]', async () => {
      const user = await aUser();

      for (let run = 0; run < 3; run++) {
        await change({ username: user.username, to: 'second', keep: user.password });
        await expectPasswords({ username: user.username, work: ['second', user.password] });
      }
    });

    it('drops the one that is not to be kept, whichever of the two it is', async () => {
      const user = await aUser();
      await change({ username: user.username, to: 'second', keep: user.password });

      await change({ username: user.username, to: 'third', keep: 'second' });
      await expectPasswords({ username: user.username, work: ['third', 'second'] });

      await change({ username: user.username, to: 'fourth', keep: 'second' });
      await expectPasswords({ username: user.username, work: ['fourth', 'second'] });
    });

    it('goes on for three rotations in each of which the current password works all the time', async () => {
      const user = await aUser();
      let current = user.password;

      for (const next of ['second', 'third', 'fourth']) {
        await change({ username: user.username, to: next, keep: current });
        await expectPasswords({ username: user.username, work: [next, current] });
        current = next;
      }
    });

    it('leaves one password where none is to be kept, also of two [§11.24]', async () => {
      const user = await aUser();
      await change({ username: user.username, to: 'second', keep: user.password });

      await change({ username: user.username, to: 'third' });

      await expectPasswords({ username: user.username, work: ['third'] });
    });

    it('goes back to the older of two, and ends the newer', async () => {
      const user = await aUser();
      await change({ username: user.username, to: 'second', keep: user.password });

      await change({ username: user.username, to: user.password });

      await expectPasswords({ username: user.username, work: [user.password] });
    });

    it('has one password where the new one equals the one to keep', async () => {
      const user = await aUser();

      await change({ username: user.username, to: user.password, keep: user.password });

      await expectPasswords({ username: user.username, work: [user.password] });
    });

    it('lets a user do it itself, or says which right it lacks and changes nothing', async () => {
      const user = await aUser();

      const failure: unknown = await engine
        .changePassword({
          signInAs: credential(user),
          username: user.username,
          newPassword: new Sensitive('second'),
          alsoKeep: new Sensitive(user.password),
        })
        .catch((error: unknown) => error);

      if (failure === undefined) {
        await expectPasswords({ username: user.username, work: ['second', user.password] });
      } else {
        expect(failure).toBeInstanceOf(PermissionMissingError);
        await expectPasswords({ username: user.username, work: [user.password] });
      }
    });

    it('changes nothing when the credential to sign in with is refused', async () => {
      const user = await aUser();

      const changing = engine.changePassword({
        signInAs: credential({ ...user, password: 'wrong' }),
        username: user.username,
        newPassword: new Sensitive('second'),
        alsoKeep: new Sensitive(user.password),
      });

      await expect(changing).rejects.toBeInstanceOf(SignInRefusedError);
      await expectPasswords({ username: user.username, work: [user.password] });
    });

    it('leaves every other user alone', async () => {
      const [user, other] = [await aUser(), await aUser()];

      await change({ username: user.username, to: 'second', keep: user.password });

      await expectPasswords({ username: other.username, work: [other.password] });
    });
  });
}
