import { type DatabaseEngine } from '../database-engine';
import { SignInRefusedError } from '../errors';
import { type RotationConfiguration } from '../rotation-request';
import { type ConnectionSecret } from '../secret-value';

/** How long a replica may take to learn a new password, and how often it is asked. */
const patienceMs = 15_000;
const pauseMs = 250;

/**
 * Signs in at every further address of the database. A replica that refuses is asked again for a bounded time, because
 * it learns the password later than its primary.
 *
 * @throws SignInRefusedError naming the address that goes on refusing.
 */
export async function testEndpoints(
  engine: DatabaseEngine,
  target: { credential: ConnectionSecret; endpoints: NonNullable<RotationConfiguration['endpoints']> },
): Promise<void> {
  for (const endpoint of target.endpoints) {
    const credential = { ...target.credential, ...endpoint };
    const deadline = performance.now() + patienceMs;
    while (!(await accepts(engine, credential))) {
      if (performance.now() > deadline) throw refusedAt(credential);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

async function accepts(engine: DatabaseEngine, credential: ConnectionSecret): Promise<boolean> {
  try {
    await engine.verifyCredential({ credential });
    return true;
  } catch (err) {
    if (err instanceof SignInRefusedError) return false;
    throw err;
  }
}

function refusedAt({ host, username }: ConnectionSecret): SignInRefusedError {
  return new SignInRefusedError(
    `The endpoint ${host} goes on refusing the new password of user "${username}", which its primary accepts. Check that ` +
      'it replicates, or take it out of the configured endpoints.',
    { host, username },
  );
}
