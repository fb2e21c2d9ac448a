import { RotorUnderTest } from '../../support/rotor-under-test';
import { type Ground, groundOf } from '../ground/ground';
import { secretPlace } from '../ground/secrets-manager-place';
import { type NotingDatabase, type NotingPlan } from './noting-databases';

/** Where rotations are carried out by workers that are processes, and what sees what they do. */
export interface Stage {
  readonly rotor: RotorUnderTest;
  readonly ground: Ground;
  readonly database: NotingDatabase;
}

/** Starts a database, and all that rotations need beside it but a worker. */
export async function openStage(plan: NotingPlan): Promise<Stage> {
  const [rotor, database] = await Promise.all([RotorUnderTest.start(), plan.start()]);
  const secrets = secretPlace(rotor.secretsManager, rotor.endpoint.region);
  return { rotor, database, ground: await groundOf(database.place, secrets, () => database.stop()) };
}

/** Ends what {@link openStage} started. */
export async function closeStage({ rotor, ground }: Stage): Promise<void> {
  await ground.stop();
  await rotor.close();
}
