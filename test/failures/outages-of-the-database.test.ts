import { type Activities } from '../../activities';
import { expectRotated, untilRetried } from '../support/end-states';
import { Interference } from '../support/interference';
import { type OwnPostgresServer, startPostgresServer } from '../support/postgres-server';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';
import { standBefore } from '../support/standing-rotations';
import { createSubject, postgresStrategies } from '../support/subject';
import { TcpProxy } from '../support/tcp-proxy';

const steps = ['openRotation', 'createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
/** What asks the database. */
const asking: readonly (keyof Activities)[] = ['createSecret', 'setSecret', 'testSecret'];
const interference = new Interference();

let rotor: RotorUnderTest;
let server: OwnPostgresServer;
let network: TcpProxy;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  server = await startPostgresServer();
  network = await TcpProxy.start({ host: '127.0.0.1', port: Number(server.address.port) });
  await rotor.startWorker({ wrap: (activities) => interference.wrap(activities) });
});

afterAll(async () => {
  await network.close();
  await server.stop();
  await rotor.close();
});

interface Outage {
  readonly what: string;
  readonly begin: () => Promise<void> | void;
  readonly end: () => Promise<void> | void;
}

const outages: readonly Outage[] = [
  { what: 'stopped', begin: () => server.halt(), end: () => server.resume() },
  {
    what: 'frozen',
    begin: () => {
      server.freeze();
    },
    end: () => {
      server.thaw();
    },
  },
  {
    what: 'behind a network that swallows packets',
    begin: () => {
      network.swallow();
    },
    end: () => network.forward(),
  },
];

describe.each(postgresStrategies)('with %s', (strategy) => {
  test.each(outages)('a database that is $what is waited for at each step, and nothing is lost', async (outage) => {
    const create = (): Promise<RotatedApplication> =>
      createSubject(rotor, { strategy, postgres: server, members: { port: network.port } });
    const { rotations, go } = await standBefore(rotor, { interference, steps, create });

    await outage.begin();
    go();
    const waiting = rotations.filter(({ step }) => asking.includes(step));
    const seen = await Promise.all(waiting.map((one) => untilRetried(rotor, one)));
    await outage.end();

    expect(seen).toEqual(asking.map(() => 'TargetUnavailable'));
    for (const one of rotations) await expectRotated(rotor, one);
    for (const { application, step } of waiting) {
      expect(interference.attempts(application.arn, step)).toBeGreaterThan(1);
      expect(await application.versions()).toHaveLength(2);
    }
  });
});
