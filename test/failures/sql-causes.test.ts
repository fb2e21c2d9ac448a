import { atOnce } from '../support/at-once';
import { Interference } from '../support/interference';
import { mariadbHere, startMariadbServer } from '../support/mariadb-server';
import { mysqlHere, startMysqlServer } from '../support/mysql-server';
import { RotorUnderTest } from '../support/rotor-under-test';
import { describeWith } from '../support/servers/describe-on';
import { type OwnSqlServer } from '../support/servers/sql-server';
import { accountCauses } from './sql-causes';
import { expectEnd, untilStopped } from './sql-ends';
import { nothingToMend, setSqlScene, type SqlCause } from './sql-scene';

const interference = new Interference();
let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker({ wrap: (activities) => interference.wrap(activities) });
});

afterAll(() => rotor.close());

/** Lets something go wrong in a rotation, and judges what became of it. */
async function goWrong(server: OwnSqlServer, cause: SqlCause): Promise<void> {
  const { step, type, end } = cause;
  const scene = await setSqlScene({ server, secretsManager: rotor.secretsManager }, cause);
  const { arn: secretId } = scene.application;
  let mend = nothingToMend;
  const act = async (): Promise<void> => {
    mend = await cause.happens(scene);
  };
  interference.plan({ secretId, step, act });

  const rotation = await rotor.client.rotateSecret({ secretId, configuration: scene.configuration });

  const wrong = { rotation, scene, type, end };
  await untilStopped(rotor, wrong).finally(() => mend());
  await expectEnd(rotor, wrong);
  await cause.then?.(scene);
}

function describeCauses(causes: readonly SqlCause[], start: () => Promise<OwnSqlServer>): void {
  let server: OwnSqlServer;
  let end: (cause: SqlCause) => Promise<void>;

  beforeAll(async () => {
    server = await start();
    end = atOnce(causes, { limit: 8, work: (cause) => goWrong(server, cause) });
  });

  afterAll(() => server.stop());

  test.each(causes)('where $what before $step, with $strategy by $by: $type, and $end', (cause) => end(cause));
}

describeWith('MySQL', { provision: mysqlHere }, (program) => {
  describeCauses(accountCauses('mysql'), () => startMysqlServer(program));
});

describeWith('MariaDB', { provision: mariadbHere }, (program) => {
  describeCauses(accountCauses('mariadb'), () => startMariadbServer(program));
});
