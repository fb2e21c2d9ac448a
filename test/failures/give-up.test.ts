import { waitUntil } from '../../local/supervisor';
import { expectUndone } from '../support/end-states';
import { Interference } from '../support/interference';
import { type OwnPostgresServer, startPostgresServer } from '../support/postgres-server';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';
import { standBefore, type StandingRotation } from '../support/standing-rotations';
import { createSubject, postgresStrategies } from '../support/subject';
import { TcpProxy } from '../support/tcp-proxy';

const steps = ['createSecret', 'setSecret', 'testSecret'] as const;
const giveUpAfterHours = 10 / 3_600;
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
  { what: 'is stopped', begin: () => server.halt(), end: () => server.resume() },
  {
    what: 'is frozen',
    begin: () => {
      server.freeze();
    },
    end: () => {
      server.thaw();
    },
  },
  {
    what: 'is behind a network that swallows packets',
    begin: () => {
      network.swallow();
    },
    end: () => network.forward(),
  },
];

/** Waits until the rotation tries no more to go forward. */
async function untilGivenUp({ rotation }: StandingRotation): Promise<void> {
  const hasGivenUp = async (): Promise<boolean> => {
    const { state } = (await rotor.client.describe(rotation.arn)).rotation?.status ?? {};
    return state !== undefined && state !== 'rotating';
  };
  expect(await waitUntil(hasGivenUp, { limitMs: 30_000, everyMs: 200 })).toBe(true);
}

describe.each(postgresStrategies)('with %s', (strategy) => {
  test.each(outages)(
    'where the server $what for longer than a rotation may try, at each step before the pivot, it is undone by itself',
    async ({ begin, end }) => {
      const create = (): Promise<RotatedApplication> =>
        createSubject(rotor, { strategy, postgres: server, members: { port: network.port } });
      const { rotations, go } = await standBefore(rotor, {
        interference,
        steps,
        create,
        configuration: { giveUpAfterHours },
      });

      await begin();
      go();
      await Promise.all(rotations.map(untilGivenUp));
      await end();

      for (const { application, rotation, step } of rotations) {
        await expectUndone(rotor, { application, rotation, type: 'GaveUp' });
        await expect(rotor.client.outcome(rotation)).rejects.toThrow(`${step} did not succeed in the time`);
      }
    },
  );
});
