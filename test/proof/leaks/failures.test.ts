import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findFreePort } from '../../../local/supervisor';
import { rotationId } from '../../../rotation/rotation-id';
import { strategyNames } from '../../../rotation/strategies/rotation-strategy';
import { ActivitySampler } from '../../support/activity-sampler';
import { atOnce } from '../../support/at-once';
import { HttpReceiver } from '../../support/http-receiver';
import { type Canary, findLeaks } from '../../support/leak-scanner';
import { endCommands, runRotor } from '../../support/rotor-command';
import { readTraces } from '../../support/rotor-traces';
import { RotorUnderTest } from '../../support/rotor-under-test';
import { describeWith } from '../../support/servers/describe-on';
import { StoreGate } from '../../support/store-gate';
import { createSecret } from '../../support/stored-secret';
import { type LoggedKind, type LoggedServer, loggedKinds } from '../../support/targets/logged-server';
import { isFull, sample } from '../sample';
import { postgresFailures } from './failures-of-servers';
import { allowCore, coresStayHere, readFolder, showMemory } from './process-facts';
import { ProcessSampler } from './process-sampler';
import { type Ground, provoke, type Provocation, type Provoked } from './provoke';
import { commonFailures } from './provoked-failures';
import { WatchedWorker } from './watched-worker';

type Places = Record<string, string | Buffer>;

const limitMs = 300_000;
/** What shows statements of sessions that are open, and is empty where none is. */
const ofOpenSessions = ['performance_schema.events_statements_history'];
/** What nothing need be planted in: it is encrypted, or shows no statement or input of anybody, or late, or not for long. */
const unplanted = [
  ...ofOpenSessions,
  ...['error log', "Temporal's log", "the endpoint's journal"],
  ...["the worker's metrics", "the worker's command line and environment"],
];

let folder: string;
let rotor: RotorUnderTest;
let gate: StoreGate;
let receiver: HttpReceiver;
let worker: WatchedWorker;
let processes: ProcessSampler;
let printed: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rotor-failures-'));
  rotor = await RotorUnderTest.start({ secretsFolder: path.join(folder, 'secrets') });
  gate = await StoreGate.start(rotor.endpoint.url);
  receiver = await HttpReceiver.start();
});

beforeEach(async () => {
  printed = '';
  await mkdir(path.join(folder, 'working'));
  const env = { ...rotor.environment, AWS_ENDPOINT_URL_SECRETS_MANAGER: gate.url };
  worker = await WatchedWorker.start({ env, cwd: path.join(folder, 'working'), receiver });
  processes = new ProcessSampler();
});

afterEach(async () => {
  await processes.stop();
  await endCommands();
  await rm(path.join(folder, 'working'), { recursive: true });
});

afterAll(async () => {
  await receiver.close();
  await gate.close();
  await rotor.close();
  await rm(folder, { recursive: true, force: true });
});

for (const kind of isFull ? loggedKinds : loggedKinds.filter(({ name }) => name !== 'PostgreSQL 15')) {
  describeWith(`on ${kind.name} no password is found`, { provision: kind.provision }, (start) => {
    describeSearch(casesOn(kind), start);
  });
}

/** Without full proof: all on one server, and some on each other. */
function casesOn({ name }: LoggedKind): readonly Provocation[] {
  const isPostgres = name.startsWith('PostgreSQL');
  const possible = strategyNames.filter((strategy) => !isPostgres || strategy !== 'multiple-credentials');
  const all = [...commonFailures, ...(isPostgres ? postgresFailures : [])].flatMap((failure) =>
    (failure.strategies ?? possible).map((strategy) => ({ failure, strategy })),
  );
  return isFull || name === 'PostgreSQL 18' ? all : sample(all, 8);
}

function describeSearch(cases: readonly Provocation[], start: () => Promise<LoggedServer>): void {
  let ground: Ground;
  let sampler: ActivitySampler;

  beforeAll(async () => {
    const logged = await start();
    const { host, port = 5432, username, password } = rotor.postgres.superuser;
    const elsewhere = { host, port, username, password: password.reveal() };
    ground = { rotor, gate, logged, elsewhere, unusedPort: await findFreePort() };
    const { target } = logged;
    await target.inSession(target.superuser, (run) => run('CREATE TABLE not_granted (n INTEGER)'));
    sampler = new ActivitySampler(logged);
    sampler.start();
  });

  afterAll(async () => {
    await sampler.stop();
    await ground.logged.target.stop();
  });

  const told = cases.map(({ failure: { type, what }, strategy }) => `${type}: ${what}, by ${strategy}`);

  test(
    `after ${cases.length} failures`,
    async () => {
      const provoked = await provokeAll();
      for (const { user } of sample(provoked, isFull ? 1 : 8)) await print('status', user.secret.name, '--json');
      await print('list');
      const places = await readAll(provoked.map(({ user }) => user.secret.arn));

      const failed = provoked.map(({ type }, at) => `${type}: ${String(told[at]?.split(': ')[1])}`);
      expect(failed).toEqual(told);
      const canaries = [
        { name: 'of the superuser', value: ground.logged.target.superuser.password },
        ...provoked.flatMap(({ passwords }, at) => named(passwords, told[at])),
      ];
      const notes = provoked.flatMap(({ notes: values }, at) => named(values, told[at]));
      expect(leaksIn({ ...places.database, ...places.rotor }, canaries)).toEqual([]);
      expect(leaksIn(places.rotor, notes)).toEqual([]);
    },
    limitMs,
  );

  test('while one that is planted is found', async () => {
    const value = randomBytes(16).toString('hex');
    const { target } = ground.logged;
    const { arn } = await createSecret(rotor.secretsManager, { name: `planted-${value}`, value: target.members });
    await print('rotate', `planted-${value}`, '--wait');
    await worker.command.untilPrinted('RotationFailed');
    await showMemory(worker.command.pid);
    await processes.untilSeen(value);
    const places = await target.inSession(target.superuser, async (run) => {
      for (const statement of ground.logged.plant(value)) await run(statement);
      await sampler.untilSeen(new RegExp(value));
      const { database, rotor: ours } = await readAll([arn]);
      return { ...database, ...ours };
    });

    const isMissed = (place: string): boolean => findLeaks(places[place] ?? '', [{ name: 'it', value }]).length === 0;
    expect(Object.keys(places).filter((place) => isMissed(place) && !unplanted.includes(place))).toEqual([]);
    expect(Object.keys(places).filter((place) => place.startsWith('left: core'))).toHaveLength(coresStayHere() ? 1 : 0);
  });

  async function provokeAll(): Promise<Provoked[]> {
    const provoked = new Map<Provocation, Provoked>();
    const work = async (one: Provocation): Promise<void> => {
      provoked.set(one, await provoke(ground, one));
    };
    const end = atOnce(cases, { limit: 24, work });
    const ends = await Promise.allSettled(cases.map(end));
    expect(ends.filter(({ status }) => status === 'rejected')).toEqual([]);
    return cases.flatMap((one) => provoked.get(one) ?? []);
  }

  /** Everything, and what the worker leaves when it dies now. */
  async function readAll(arns: readonly string[]): Promise<{ database: Places; rotor: Places }> {
    const shown = await worker.shown();
    await allowCore(worker.command.pid);
    await worker.kill('SIGABRT');
    const left = Object.entries(await readFolder(path.join(folder, 'working')));
    const secretsFolder = path.join(folder, 'secrets');
    const traces = await readTraces({
      rotor,
      worker: worker.command,
      secretsFolder,
      workflowIds: arns.map(rotationId),
    });
    return {
      database: { ...(await ground.logged.read()), ...sampler.read() },
      rotor: {
        ...traces,
        ...shown,
        ...Object.fromEntries(left.map(([file, content]) => [`left: ${file}`, content])),
        'the webhook': receiver.posts.map(({ body, headers }) => JSON.stringify({ body, headers })).join(),
        'command lines and environments': processes.text,
        "the commands' output": printed,
      },
    };
  }
}

async function print(...args: string[]): Promise<void> {
  const { stdout, stderr } = await runRotor(args, { env: rotor.environment });
  printed += stdout + stderr;
}

function named(values: readonly string[], whose = ''): Canary[] {
  return values.map((value, at) => ({ name: `${at} of ${whose}`, value }));
}

function leaksIn(places: Places, canaries: readonly Canary[]): string[] {
  const empty = Object.keys(places).filter((place) => places[place]?.length === 0);
  expect(empty.filter((place) => !ofOpenSessions.includes(place))).toEqual([]);
  return Object.entries(places).flatMap(([place, content]) =>
    findLeaks(content, canaries).map((leak) => `${place}: ${leak}`),
  );
}
