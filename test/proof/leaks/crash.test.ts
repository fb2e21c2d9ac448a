import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { waitUntil } from '../../../local/supervisor';
import { rotationId } from '../../../rotation/rotation-id';
import { HttpReceiver } from '../../support/http-receiver';
import { findLeaks } from '../../support/leak-scanner';
import { type CommandResult, endCommands, RotorCommand, runRotor } from '../../support/rotor-command';
import { readTraces } from '../../support/rotor-traces';
import { RotorUnderTest } from '../../support/rotor-under-test';
import { describeWith } from '../../support/servers/describe-on';
import { createSecret } from '../../support/stored-secret';
import { type LoggedServer, loggedKinds } from '../../support/targets/logged-server';
import { createRotatedUser, type RotatedUser } from '../../support/targets/rotated-user';
import { type Crash, crashesOn, dumping } from './crashes';
import { allowCore, coresHere, coresStayHere, readFolder, seenOfProcess, showMemory } from './process-facts';
import { WatchedWorker } from './watched-worker';

/** What shows statements of sessions that are open, and is empty where none is. */
const ofOpenSessions = ['performance_schema.events_statements_history'];
/** What nothing need be planted in: it is encrypted, or shows no statement or input of anybody, or not for long. */
const unplanted = ['error log', "Temporal's log", "the endpoint's journal", ...ofOpenSessions];

let folder: string;
let rotor: RotorUnderTest;
let receiver: HttpReceiver;
let worker: WatchedWorker;
/** What workers and commands showed while they ran, and left; by place. */
let shown: Record<string, (string | Buffer)[]>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rotor-leaks-'));
  await mkdir(path.join(folder, 'working'));
  rotor = await RotorUnderTest.start({ secretsFolder: path.join(folder, 'secrets') });
  receiver = await HttpReceiver.start();
});

afterAll(async () => {
  await receiver.close();
  await rotor.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  shown = {};
  worker = await startWorker();
});

afterEach(async () => {
  await endCommands();
  for (const file of await leftFiles()) await rm(path.join(folder, 'working', file));
});

describeWith('core files', { provision: coresHere }, () => {
  test('are left where they are searched', async () => {
    await allowCore(worker.command.pid);
    await worker.kill('SIGABRT');

    const [core, ...more] = (await leftFiles()).filter((file) => file.startsWith('core'));
    expect(more).toEqual([]);
    const content = await readFile(path.join(folder, 'working', String(core)));
    expect(content.subarray(1, 4).toString()).toBe('ELF');
  });
});

for (const kind of loggedKinds) {
  const tried = crashesOn(kind.name);
  if (tried.length === 0) continue;
  describeWith(`on ${kind.name} no password is found`, { provision: kind.provision }, (start) => {
    describeSearch(start, tried);
  });
}

function describeSearch(start: () => Promise<LoggedServer>, possible: readonly Crash[]): void {
  let logged: LoggedServer;

  beforeAll(async () => {
    logged = await start();
  });

  afterAll(() => logged.target.stop());

  const titled = possible.map((crash) => ({ ...crash, whose: crash.by === 'itself' ? 'its own' : 'one' }));
  test.each(titled)('after $signal to a worker that sets $whose by $strategy', async ({ strategy, signal, by }) => {
    const place = { target: logged.target, secretsManager: rotor.secretsManager };
    const user = await createRotatedUser(place, { strategy, ...(by ? { by } : {}) });
    const { username } = await user.secret.account();
    if (strategy === 'alternating-users') await runCommand(...rotate(user)); // the next one changes this user again

    const command = await whileStalled(username, async () => {
      const running = new RotorCommand(rotate(user), { env: rotor.environment });
      await untilStalled();
      await look(running);
      await allowCore(worker.command.pid);
      await worker.kill(signal);
      return running;
    });
    const cores = (await leftFiles()).filter((file) => file.startsWith('core'));
    expect(cores).toHaveLength(dumping.includes(signal) && coresStayHere() ? 1 : 0);
    worker = await startWorker();

    keep("the commands' output", outputOf(await command.ended));
    expect(await command.ended).toMatchObject({ code: 0, stderr: '' });
    await runCommand('status', user.secret.name, '--json');
    await runCommand('list');
    await look();
    await expectNothingFound(user);
  });

  test('while one that is planted is found', async () => {
    const value = randomBytes(16).toString('hex');
    const name = await createPlanted(value);
    const { target } = logged;
    await target.inSession(target.superuser, async (run) => {
      for (const statement of logged.plant(value)) await run(statement);
    });
    await look(new RotorCommand(['rotate', name, '--days', '30', '--wait', '--json'], { env: rotor.environment }));
    await worker.command.untilPrinted('RotationSucceeded');
    await look();
    await worker.kill('SIGTERM');
    worker = await startWorker({ PLANTED: value });
    expect(await worker.untilMeasured(value)).toBe(true);
    await look();
    await allowCore(worker.command.pid);
    await showMemory(worker.command.pid);
    await worker.kill('SIGABRT');

    const places = await readAll((await rotor.client.describe(name)).arn);

    const found = Object.keys(places).filter((place) => findLeaks(places[place] ?? '', [{ name, value }]).length > 0);
    expect(Object.keys(places).filter((place) => !found.includes(place) && !unplanted.includes(place))).toEqual([]);
    expect(found.filter((place) => place.startsWith('left: core'))).toHaveLength(coresStayHere() ? 1 : 0);
  });

  async function whileStalled<Result>(username: string, act: () => Promise<Result>): Promise<Result> {
    const { target } = logged;
    const holder = await target.inSession(target.superuser, async (run) => {
      for (const statement of logged.stall(username)) await run(statement);
      return { result: await act() };
    });
    return holder.result;
  }

  async function untilStalled(): Promise<void> {
    const { target } = logged;
    const isStalled = async (): Promise<boolean> =>
      (await target.inSession(target.superuser, (run) => run(logged.stalled))).length > 0;
    expect(await waitUntil(isStalled, { limitMs: 30_000 })).toBe(true);
  }

  /** A user whose secret's name is the value to find, which makes it show wherever a rotation is spoken of. */
  async function createPlanted(value: string): Promise<string> {
    const { target } = logged;
    const user = { username: `user_${value}`.slice(0, 20), password: randomBytes(24).toString('base64url') };
    await target.createApplication({ ...user, table: `of_${user.username}` });
    await target.allowOwnPassword(user.username);
    const name = `planted-${value}`;
    await createSecret(rotor.secretsManager, { name, value: { ...target.members, ...user } });
    return name;
  }

  async function readAll(arn: string): Promise<Record<string, string | Buffer>> {
    const secretsFolder = path.join(folder, 'secrets');
    const workflowIds = [rotationId(arn)];
    const left = Object.entries(await readFolder(path.join(folder, 'working')));
    keep("the worker's output", worker.output);
    return {
      ...(await logged.read()),
      ...(await readTraces({ rotor, worker: worker.command, secretsFolder, workflowIds })),
      ...Object.fromEntries(Object.entries(shown).map(([place, contents]) => [place, joined(contents)])),
      'the webhook': receiver.posts
        .map(({ path: url, headers, body }) => JSON.stringify({ url, headers, body }))
        .join(),
      ...Object.fromEntries(left.map(([file, content]) => [`left: ${file}`, content])),
    };
  }

  async function expectNothingFound({ secret }: RotatedUser): Promise<void> {
    const versions = await secret.versions();
    const accounts = await Promise.all(versions.map((version) => secret.account(version)));
    const canaries = [logged.target.superuser, ...accounts].map(({ username, password }, at) => ({
      name: `${at} of ${username}`,
      value: password,
    }));
    expect(canaries.length).toBeGreaterThanOrEqual(3);

    const places = await readAll(secret.arn);

    const empty = Object.keys(places).filter((place) => places[place]?.length === 0);
    expect(empty.filter((place) => !ofOpenSessions.includes(place))).toEqual([]);
    const leaks = Object.entries(places).map(([place, content]) => [place, findLeaks(content, canaries)]);
    expect(leaks).toEqual(Object.keys(places).map((place) => [place, []]));
  }
}

function startWorker(more: Readonly<Record<string, string>> = {}): Promise<WatchedWorker> {
  return WatchedWorker.start({ env: { ...rotor.environment, ...more }, cwd: path.join(folder, 'working'), receiver });
}

function rotate({ secret, configuration: { strategy, superuserSecretId } }: RotatedUser): string[] {
  const settings = [
    '--strategy',
    String(strategy),
    ...(superuserSecretId ? ['--superuser-secret', superuserSecretId] : []),
  ];
  return ['rotate', secret.name, '--wait', '--json', ...settings];
}

async function runCommand(...args: string[]): Promise<void> {
  const result = await runRotor(args, { env: rotor.environment });
  expect(result).toMatchObject({ code: 0 });
  keep("the commands' output", outputOf(result));
}

/** Keeps what the worker shows now; with a command that runs, also what that does. */
async function look(command?: RotorCommand): Promise<void> {
  for (const [place, content] of Object.entries(await worker.shown())) keep(place, content);
  keep("the worker's output", worker.output);
  if (!command) return;
  keep("the command's line and environment", await seenOfProcess(command.pid));
  void command.ended.then((result) => {
    keep("the commands' output", outputOf(result));
  });
}

function keep(place: string, content: string | Buffer): void {
  (shown[place] ??= []).push(content);
}

function joined(contents: readonly (string | Buffer)[] = []): Buffer {
  return Buffer.concat(contents.map((content) => Buffer.from(content)));
}

function outputOf({ stdout, stderr }: CommandResult): string {
  return stdout + stderr;
}

/** What workers left where they work. */
async function leftFiles(): Promise<string[]> {
  return readdir(path.join(folder, 'working'));
}
