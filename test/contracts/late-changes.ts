import { waitUntil } from '../../local/supervisor';
import { type DatabaseEngine, type PasswordChange, type UserMatch } from '../../rotation/database-engine';
import { RotationError, TargetConflictError } from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { Sensitive } from '../../rotation/sensitive';

/** A server on which no change of a user's gets through. */
export interface HeldChanges {
  /** Resolves when a change waits on the server. */
  waiting(): Promise<void>;
  /** Safe to repeat. */
  release(): Promise<void>;
}

/** What to run the contract on. What needs a server is asked for when a test runs, not before. */
export interface LateChangesSubject {
  engineFor(): DatabaseEngine;
  /** A new ordinary user. */
  user(): Promise<ConnectionSecret>;
  readonly admin: ConnectionSecret;
  /** Makes each change wait on the server from now on, and each sign-in go on. */
  holdChanges(): Promise<HeldChanges>;
}

const late = 'of the stray';
const wanted = 'of the retry';

/**
 * What every {@link DatabaseEngine} must do about a change that goes on waiting on the server after whoever asked for it
 * was given up: judged by signing in after the server let go.
 */
export function describeLateChanges(subject: LateChangesSubject): void {
  describe('a change that was given up while it waits on the server', () => {
    /** Which of the passwords that a user may have work. */
    async function working(user: ConnectionSecret): Promise<string[]> {
      const found: string[] = [];
      for (const password of new Set([user.password.reveal(), late, wanted])) {
        if (await subject.engineFor().canSignIn({ ...user, password: new Sensitive(password) })) found.push(password);
      }
      return found;
    }

    const pairOf = (original: ConnectionSecret, password: string): UserMatch => ({
      superuser: subject.admin,
      original,
      alternate: { ...original, username: `${original.username}_clone`, password: new Sensitive(password) },
    });

    interface Stray {
      /** What became of it: undefined where its change was made. */
      readonly ended: Promise<unknown>;
      /** Fails where it goes on: an ended one is told at once, long before the server's own limits. */
      readonly assertEnded: () => Promise<void>;
    }

    /** Starts a call whose change waits. */
    async function startStray(held: HeldChanges, call: () => Promise<unknown>): Promise<Stray> {
      let hasEnded = false;
      const ended = call()
        .then(
          () => undefined,
          (failure: unknown) => failure,
        )
        .finally(() => {
          hasEnded = true;
        });
      await held.waiting();
      return {
        ended,
        assertEnded: async () => {
          expect(await waitUntil(() => Promise.resolve(hasEnded), { limitMs: 1_000 })).toBe(true);
          expect(await ended).toBeInstanceOf(RotationError);
        },
      };
    }

    type Change = Pick<PasswordChange, 'signInAs' | 'stillWanted'> & { readonly to: string };

    const change = (user: ConnectionSecret, { to, ...rest }: Change): Promise<void> =>
      subject.engineFor().changePassword({ username: user.username, newPassword: new Sensitive(to), ...rest });

    async function whileHeld(use: (held: HeldChanges) => Promise<void>): Promise<void> {
      const held = await subject.holdChanges();
      try {
        await use(held);
      } finally {
        await held.release();
      }
    }

    const signingIn: [string, (user: ConnectionSecret) => ConnectionSecret][] = [
      ['the user itself', (user) => user],
      ['the superuser', () => subject.admin],
    ];

    it.each(signingIn)('never takes effect once it was ended, asked for by %s [§11.44]', async (_, signInAs) => {
      const user = await subject.user();

      await whileHeld(async (held) => {
        const stray = await startStray(held, () => change(user, { signInAs: signInAs(user), to: late }));
        await subject.engineFor().endStrays({ signInAs: signInAs(user), username: user.username });
        await stray.assertEnded();
        await held.release();
      });

      expect(await working(user)).toEqual([user.password.reveal()]);
    });

    it.each(signingIn)(
      'never takes effect after the change that follows, asked for by %s [§11.56]',
      async (_, signInAs) => {
        const user = await subject.user();

        await whileHeld(async (held) => {
          const stray = await startStray(held, () => change(user, { signInAs: signInAs(user), to: late }));
          const retry = change(user, { signInAs: signInAs(user), to: wanted, stillWanted: stray.assertEnded });
          await stray.ended;
          await held.release();
          await retry;
        });

        expect(await working(user)).toEqual([wanted]);
      },
    );

    it('is ended by the superuser where the user itself asked for it', async () => {
      const user = await subject.user();

      await whileHeld(async (held) => {
        const stray = await startStray(held, () => change(user, { signInAs: user, to: late }));
        await subject.engineFor().endStrays({ signInAs: subject.admin, username: user.username });
        await stray.assertEnded();
        await held.release();
      });

      expect(await working(user)).toEqual([user.password.reveal()]);
    });

    it('is told of as a conflict to a user that may not end it, as long as it goes on', async () => {
      const user = await subject.user();

      await whileHeld(async (held) => {
        const stray = await startStray(held, () => change(user, { signInAs: subject.admin, to: late }));
        const ending = subject.engineFor().endStrays({ signInAs: user, username: user.username });
        await expect(ending).rejects.toBeInstanceOf(TargetConflictError);
        await held.release();
        await stray.ended;
      });

      const [password = ''] = await working(user);
      const signInAs = { ...user, password: new Sensitive(password) };
      await subject.engineFor().endStrays({ signInAs, username: user.username });
    });

    it('of another user goes on and is made', async () => {
      const [user, other] = [await subject.user(), await subject.user()];

      await whileHeld(async (held) => {
        const going = await startStray(held, () => change(other, { signInAs: other, to: wanted }));
        await subject.engineFor().endStrays({ signInAs: subject.admin, username: user.username });
        await held.release();
        expect(await going.ended).toBeUndefined();
      });

      expect(await working(other)).toEqual([wanted]);
    });

    it('is over before a change that follows asks whether it is still wanted, and nothing of either remains where it is not', async () => {
      const user = await subject.user();
      const noLonger = new Error('no longer wanted');

      await whileHeld(async (held) => {
        const stray = await startStray(held, () => change(user, { signInAs: user, to: late }));
        const stillWanted = async (): Promise<void> => {
          await stray.assertEnded();
          throw noLonger;
        };
        const retry = change(user, { signInAs: user, to: wanted, stillWanted });
        await expect(retry).rejects.toBe(noLonger);
      });

      expect(await working(user)).toEqual([user.password.reveal()]);
    });

    it('to the alternate of a pair never takes effect once it was ended [§11.44]', async () => {
      const user = await subject.user();
      const { alternate } = pairOf(user, late);

      await whileHeld(async (held) => {
        const stray = await startStray(held, () => subject.engineFor().matchUser(pairOf(user, late)));
        await subject.engineFor().endStrays({ signInAs: subject.admin, username: alternate.username });
        await stray.assertEnded();
        await held.release();
      });

      expect(await working(alternate)).toEqual([]);
    });

    it('to the alternate of a pair never takes effect after the one that follows [§11.56]', async () => {
      const user = await subject.user();

      await whileHeld(async (held) => {
        const stray = await startStray(held, () => subject.engineFor().matchUser(pairOf(user, late)));
        const retry = subject.engineFor().matchUser({ ...pairOf(user, wanted), stillWanted: stray.assertEnded });
        await stray.ended;
        await held.release();
        expect(await retry).toEqual({ changed: true });
      });

      expect(await working(pairOf(user, late).alternate)).toEqual([wanted]);
    });
  });

  describe('a change that is no longer wanted', () => {
    const noLonger = new Error('no longer wanted');
    const stillWanted = (): Promise<void> => Promise.reject(noLonger);

    it('of a password is not made, and what was said against it passes', async () => {
      const user = await subject.user();

      for (const signInAs of [user, subject.admin]) {
        const changing = subject
          .engineFor()
          .changePassword({ signInAs, username: user.username, newPassword: new Sensitive(wanted), stillWanted });
        await expect(changing).rejects.toBe(noLonger);
      }

      expect(await subject.engineFor().canSignIn(user)).toBe(true);
      expect(await subject.engineFor().canSignIn({ ...user, password: new Sensitive(wanted) })).toBe(false);
    });

    it('of a pair does not make the alternate user', async () => {
      const original = await subject.user();
      const alternate = { ...original, username: `${original.username}_clone`, password: new Sensitive(wanted) };

      const matching = subject.engineFor().matchUser({ superuser: subject.admin, original, alternate, stillWanted });

      await expect(matching).rejects.toBe(noLonger);
      expect(await subject.engineFor().canSignIn(alternate)).toBe(false);
    });
  });

  it('there may be no change to end, and ending is repeated without harm', async () => {
    const user = await subject.user();

    for (const signInAs of [user, subject.admin, user]) {
      await subject.engineFor().endStrays({ signInAs, username: user.username });
    }

    expect(await subject.engineFor().canSignIn(user)).toBe(true);
  });
}
