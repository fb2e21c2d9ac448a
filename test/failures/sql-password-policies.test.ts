import { Context } from '@temporalio/activity';
import { type RotationHandle } from '../../client';
import { expectRotated, untilAsked, untilStill } from '../support/end-states';
import { Interference } from '../support/interference';
import { mariadbHere, startMariadbServer } from '../support/mariadb-server';
import { mysqlHere, startMysqlServer } from '../support/mysql-server';
import { RotorUnderTest } from '../support/rotor-under-test';
import { describeWith, type Provision } from '../support/servers/describe-on';
import { type MariadbProgram } from '../support/servers/mariadb-program';
import { type OwnSqlServer } from '../support/servers/sql-server';
import { ways } from './sql-causes';
import { expectEnd } from './sql-ends';
import { setSqlScene, type SqlScene, type Way } from './sql-scene';

const interference = new Interference();
let rotor: RotorUnderTest;
let server: OwnSqlServer;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker({ wrap: (activities) => interference.wrap(activities) });
});

afterAll(() => rotor.close());

const setScene = (way: Way): Promise<SqlScene> => setSqlScene({ server, secretsManager: rotor.secretsManager }, way);

const rotate = ({ application: { arn: secretId }, configuration }: SqlScene): Promise<RotationHandle> =>
  rotor.client.rotateSecret({ secretId, configuration });

/** Has the next rotation cancelled once its password is set, so that it is undone. */
function cancelAfterSet({ application: { arn: secretId } }: SqlScene, besides?: () => Promise<unknown>): void {
  const act = async (): Promise<void> => {
    const { cancelled } = Context.current();
    await besides?.();
    await rotor.client.cancelRotation({ secretId });
    await cancelled;
  };
  interference.plan({ secretId, step: 'setSecret', moment: 'after', act });
}

describeWith('MySQL, whose policies judge no hash,', { provision: mysqlHere }, (program) => {
  beforeAll(async () => {
    server = await startMysqlServer(program, { 'password-history': '6', 'password-reuse-interval': '365' });
    await server.sql("INSTALL COMPONENT 'file://component_validate_password'");
    await server.sql('SET GLOBAL validate_password.policy = LOW, validate_password.length = 100');
  });

  afterAll(() => server.stop());

  /** Users of a test have shorter passwords than the policy wants. */
  async function setSceneUnderPolicy(way: Way): Promise<SqlScene> {
    await server.sql('SET GLOBAL validate_password.length = 0');
    const scene = await setScene(way);
    await server.sql('SET GLOBAL validate_password.length = 100');
    return scene;
  }

  test.each(ways)('takes a password that is shorter than it wants, with $strategy by $by', async (way) => {
    const scene = await setSceneUnderPolicy(way);
    const { application } = scene;

    const rotation = await rotate(scene);

    await expectRotated(rotor, { application, rotation });
    expect(await application.versions()).toHaveLength(2);
  });

  test.each(ways)('takes the password of before again at an undo, with $strategy by $by', async (way) => {
    const scene = await setSceneUnderPolicy(way);
    cancelAfterSet(scene);

    const rotation = await rotate(scene);
    await untilStill(rotor, { rotation });

    await expectEnd(rotor, { rotation, scene, type: 'Cancelled', end: 'undone' });
  });
});

const withPlugins: Provision<MariadbProgram> =
  'there' in mariadbHere && mariadbHere.there.pluginFolder === undefined
    ? { missing: 'its plugins cannot be had' }
    : mariadbHere;

describeWith('MariaDB that judges every password in the clear,', { provision: withPlugins }, (program) => {
  beforeAll(async () => {
    server = await startMariadbServer(program);
  });

  afterAll(() => server.stop());

  const load = (plugin: string): Promise<unknown> => server.sql(`INSTALL SONAME '${plugin}'`);
  const unload = (plugin: string): Promise<unknown> => server.sql(`UNINSTALL SONAME '${plugin}'`);
  const setStrict = (how: 'ON' | 'OFF'): Promise<unknown> =>
    server.sql(`SET GLOBAL strict_password_validation = ${how}`);

  describe.each(['simple_password_check', 'password_reuse_check'])('by %s,', (plugin) => {
    test.each(ways)(
      'refuses every hash, with $strategy by $by: undone, no other password is tried, and told what to set',
      async (way) => {
        const scene = await setScene(way);
        const { application } = scene;
        await load(plugin);
        try {
          const rotation = await rotate(scene);
          await untilStill(rotor, { rotation });

          await expectEnd(rotor, { rotation, scene, type: 'TargetMisconfigured', end: 'undone' });
          await expect(rotor.client.outcome(rotation)).rejects.toThrow('SET GLOBAL strict_password_validation = OFF');
          expect(await application.versions()).toHaveLength(2);

          await setStrict('OFF');
          await expectRotated(rotor, { application, rotation: await rotate(scene) });
        } finally {
          await setStrict('ON');
          await unload(plugin);
        }
      },
    );
  });

  test.each(ways.filter(({ strategy }) => strategy !== 'alternating-users'))(
    'only since the password was set, with $strategy by $by: a person decides about the undo, and "rollBack" undoes it',
    async (way) => {
      const scene = await setScene(way);
      cancelAfterSet(scene, () => load('simple_password_check'));

      const rotation = await rotate(scene);
      try {
        expect(await untilAsked(rotor, { rotation })).toBe('TargetMisconfigured');
      } finally {
        await unload('simple_password_check');
      }

      await expectEnd(rotor, { rotation, scene, type: 'Cancelled', end: 'decision' });
    },
  );
});
