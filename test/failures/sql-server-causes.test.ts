import { Interference } from '../support/interference';
import { mariadbHere, startMariadbServer } from '../support/mariadb-server';
import { mysqlHere, startMysqlServer } from '../support/mysql-server';
import { RotorUnderTest } from '../support/rotor-under-test';
import { describeWith } from '../support/servers/describe-on';
import { type OwnSqlServer } from '../support/servers/sql-server';
import { ways } from './sql-causes';
import { expectEnd, untilStopped } from './sql-ends';
import { nothingToMend, setSqlScene } from './sql-scene';
import { type ServerCause, serverCauses } from './sql-server-causes';

const interference = new Interference();
let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker({ wrap: (activities) => interference.wrap(activities) });
});

afterAll(() => rotor.close());

/** Has something happen once, as soon as so many have come. */
function onceAllCame(many: number, happens: () => Promise<void>): () => Promise<void> {
  let come = 0;
  let begin: (happening: Promise<void>) => void;
  const over = new Promise<void>((resolve) => {
    begin = resolve;
  });
  return () => {
    come += 1;
    if (come === many) begin(happens());
    return over;
  };
}

/** Lets something go wrong with a server while it is in rotations by all strategies, and judges what became of them. */
async function goWrong(server: OwnSqlServer, cause: ServerCause): Promise<void> {
  const { step, type, end, toEach } = cause;
  const place = { server, secretsManager: rotor.secretsManager };
  const scenes = await Promise.all(ways.map((way) => setSqlScene(place, way)));
  let mend = nothingToMend;
  const happens = onceAllCame(scenes.length, async () => {
    mend = await cause.happens(server);
  });
  const begun = scenes.map(async (scene) => {
    const { arn: secretId } = scene.application;
    interference.plan({ secretId, step, act: () => happens().then(() => toEach?.(scene)) });
    const rotation = await rotor.client.rotateSecret({ secretId, configuration: scene.configuration });
    return { rotation, scene, type, end };
  });

  const rotations = await Promise.all(begun);
  try {
    for (const rotation of rotations) await untilStopped(rotor, rotation);
  } finally {
    await mend();
  }
  for (const rotation of rotations) await expectEnd(rotor, rotation);
}

function describeCauses(causes: readonly ServerCause[], start: () => Promise<OwnSqlServer>): void {
  let server: OwnSqlServer;

  beforeAll(async () => {
    server = await start();
  });

  afterAll(() => server.stop());

  test.each(causes)('where $what before $step, with every strategy: $type, and $end', (cause) =>
    goWrong(server, cause),
  );
}

describeWith('MySQL', { provision: mysqlHere }, (program) => {
  describeCauses(serverCauses.mysql, () => startMysqlServer(program));
});

describeWith('MariaDB', { provision: mariadbHere }, (program) => {
  describeCauses(serverCauses.mariadb, () => startMariadbServer(program));
});
