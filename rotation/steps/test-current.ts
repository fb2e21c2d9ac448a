import { type RotationRequest } from '../rotation-request';
import { readCurrent } from './read-credentials';
import { type StepDeps, type StepOutcome } from './step';

/**
 * Signs in as the current version and proves that the server checked the password: what RotateSecret does where it is
 * asked not to rotate at once. Changes nothing.
 *
 * @throws SignInRefusedError, CannotVerifyError
 */
export async function testCurrent({ store, engineFor }: StepDeps, request: RotationRequest): Promise<StepOutcome> {
  const { connection } = (await readCurrent(store, request.secretId)).value;
  const engine = engineFor(connection.engine, request.configuration.tls);
  await engine.verifyCredential({ credential: connection });
  return { changed: false };
}
