import { atOnce } from '../support/at-once';
import { expectUndone, untilAsked, untilStill } from '../support/end-states';
import { Interference } from '../support/interference';
import { type OwnPostgresServer, startPostgresServer } from '../support/postgres-server';
import { RotorUnderTest } from '../support/rotor-under-test';
import { storeSuperuser } from '../support/subject';
import { causes } from './causes';
import { type Cause, type Scene } from './scene';

const interference = new Interference();
let rotor: RotorUnderTest;
let elsewhere: OwnPostgresServer;
let end: (cause: Cause) => Promise<void>;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  elsewhere = await startPostgresServer();
  await rotor.postgres.sql('CREATE ROLE rds_iam');
  await rotor.startWorker({ wrap: (activities) => interference.wrap(activities) });
  end = atOnce(causes, { work: goWrong });
});

afterAll(async () => {
  await rotor.postgres.sql('DROP ROLE rds_iam');
  await elsewhere.stop();
  await rotor.close();
});

/** Lets something go wrong in a rotation, and judges what became of it. */
async function goWrong(cause: Cause): Promise<void> {
  const scene = await setUp(cause);
  const { application } = scene;
  const { arn: secretId } = application;
  interference.plan({ secretId, step: cause.step, act: () => cause.happens(scene) });

  const configuration = cause.configuration?.(scene) ?? {};
  const rotation = await rotor.client.rotateSecret({ secretId, configuration });

  if (cause.end === 'decision') {
    expect(await untilAsked(rotor, { rotation })).toBe(cause.type);
    await cause.mend?.(scene);
    await rotor.client.decide({ secretId, choice: 'rollBack' });
  } else {
    await untilStill(rotor, { rotation });
    await cause.mend?.(scene);
  }
  const arming = cause.type === 'SecretNotRotatable' ? 'failed' : 'done'; // a deleted secret has no next rotation
  await expectUndone(rotor, { application, rotation, type: cause.type, arming });
}

async function setUp({ strategy }: Cause): Promise<Scene> {
  const superuser = await storeSuperuser(rotor);
  const members = strategy === 'alternating-users' ? { masterarn: superuser } : {};
  const application = await rotor.createApplication(members);
  const { username } = application;
  await rotor.postgres.sql(`CREATE TABLE of_${username} (n integer); GRANT SELECT ON of_${username} TO ${username}`);
  return { rotor, elsewhere, application, superuser };
}

test.each(causes.filter((cause) => cause.end === 'undone'))(
  'where $what before $step with $strategy, the rotation fails by $type and is undone',
  (cause) => end(cause),
);

test.each(causes.filter((cause) => cause.end === 'decision'))(
  'where $what before $step with $strategy, a person decides about $type, and "rollBack" undoes it once that is mended',
  (cause) => end(cause),
);
