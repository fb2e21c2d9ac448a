import { type DatabaseEngine, type PasswordChange } from '../database-engine';
import { CannotVerifyError, RotationError, SignInRefusedError } from '../errors';
import { isSameTarget } from '../same-target';
import { type ConnectionSecret } from '../secret-value';
import { nobodySignsIn } from './refusals';
import { type StrategyInput } from './rotation-strategy';
import { trustedSuperuser } from './trusted-superuser';

/**
 * Makes the server accept the current credential again, by the first of the given credentials of its user that the
 * server accepts: the superuser does it, where one is named and that credential proves that it may be used, else the
 * user itself.
 *
 * @throws SignInRefusedError when none of them is accepted.
 */
export async function acceptAgain(input: StrategyInput, provers: AsyncIterable<ConnectionSecret>): Promise<void> {
  const { engine, current, stillWanted } = input;
  for await (const prover of provers) {
    if (prover.username !== current.username) continue; // else a forged secret could choose whose password is set
    for (const signInAs of await signersProvenBy(input, prover)) {
      const { username, password: newPassword } = current;
      const made = await wasMade(engine, { signInAs, username, newPassword, stillWanted });
      if (made && (await engine.canSignIn(current))) return;
    }
  }
  if (await isProved(engine, current)) return; // another attempt made the change in between
  throw nobodySignsIn(current);
}

/** AWSPREVIOUS, where it names the current user of the same server. */
export async function* previousOfUser({
  current,
  previous,
}: Pick<StrategyInput, 'current' | 'previous'>): AsyncGenerator<ConnectionSecret, void> {
  const older = await previous();
  if (older && isSameTarget(current, older) && older.username === current.username) yield older;
}

/** The credentials that the server may accept instead of the current one, of whichever user they are. */
export async function* otherCredentials(input: StrategyInput): AsyncGenerator<ConnectionSecret, void> {
  yield input.pending;
  yield* previousOfUser(input);
}

/** Whether a change was made; false when the credential to sign in with is refused. */
export async function wasMade(engine: DatabaseEngine, change: PasswordChange): Promise<boolean> {
  try {
    await engine.changePassword(change);
    return true;
  } catch (err) {
    if (err instanceof SignInRefusedError) return false;
    throw err;
  }
}

/** Whether the server has this very password. One that lets anybody in proves nothing. */
export async function isProved(engine: DatabaseEngine, credential: ConnectionSecret): Promise<boolean> {
  try {
    await engine.verifyCredential({ credential });
    return true;
  } catch (err) {
    if (err instanceof SignInRefusedError || err instanceof CannotVerifyError) return false;
    throw err;
  }
}

/**
 * Ends what an attempt that was given up left running for the current user. Where the superuser cannot be used, the user
 * itself does it, who at least sees what it may not end. A user who is refused meanwhile is the caller's to notice.
 *
 * @throws TargetConflictError while something goes on that may not be ended.
 */
export async function endStrays(input: StrategyInput): Promise<void> {
  const { engine, current } = input;
  const [signInAs = current] = await signersProvenBy(input, current);
  try {
    await engine.endStrays({ signInAs, username: current.username });
  } catch (err) {
    if (!(err instanceof SignInRefusedError)) throw err;
  }
}

/**
 * Who may change the user's password by the word of one of its credentials; the user itself is asked last. A superuser
 * that cannot be used for good, whatever became of its secret, stands in the way of no undo.
 */
async function signersProvenBy(input: StrategyInput, prover: ConnectionSecret): Promise<ConnectionSecret[]> {
  try {
    const admin = await trustedSuperuser(input, prover);
    return admin ? [admin, prover] : [prover];
  } catch (err) {
    if (err instanceof RotationError && !err.retryable) return [prover]; // where that is the reason, its own sign-in tells
    throw err;
  }
}
