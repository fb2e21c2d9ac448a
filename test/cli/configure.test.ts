import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rootCertificates } from 'node:tls';
import { type RotatedApplication } from '../support/rotated-application';
import { endCommands, runRotor, type CommandResult } from '../support/rotor-command';
import { RotorUnderTest } from '../support/rotor-under-test';

let rotor: RotorUnderTest;
let folder: string;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  folder = await mkdtemp(path.join(tmpdir(), 'rotor-config-'));
  await writeFile(path.join(folder, 'ca.pem'), certificate);
  await writeFile(path.join(folder, 'empty.pem'), '');
});

afterEach(endCommands);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await rotor.close();
});

const [certificate = ''] = rootCertificates;

function run(...args: string[]): Promise<CommandResult> {
  return runRotor(args, { env: rotor.environment });
}

async function fileOf(text: string, name = 'rotor.yaml'): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}

/** The worked example of docs/operating.md. */
const yaml =
  /^```yaml\n([^`]*`ca`[^`]*)```$/m.exec(readFileSync(path.join(__dirname, '../../docs/operating.md'), 'utf8'))?.[1] ??
  '';

const settings = {
  configuration: {
    strategy: 'alternating-users',
    superuserSecretId: 'prod/superuser',
    tls: { ca: certificate },
    probes: { read: ['SELECT count(*) FROM orders'] },
    endpoints: [{ host: 'replica.example.com', port: 5433 }],
    giveUpAfterHours: 12,
    passwordPolicy: { length: 40 },
  },
  rotationRules: { scheduleExpression: 'cron(0 8 1 * ? *)', duration: '3h' },
};

async function stored({ name, arn }: RotatedApplication): Promise<unknown> {
  const plan = (await rotor.client.describe(name)).schedule?.plan;
  expect(plan?.secretId).toBe(arn);
  return { configuration: plan?.configuration, rotationRules: plan?.rotationRules };
}

test.each([
  ['YAML', 'rotor.yaml', yaml], // the docs' own example
  ['JSON', 'rotor.json', JSON.stringify({ ...settings.configuration, rotationRules: settings.rotationRules })],
])('configure stores everything that a %s file says, and rotates nothing', async (_kind, name, text) => {
  const application = await rotor.createApplication();

  const { code, stdout, stderr } = await run('configure', application.name, '--config', await fileOf(text, name));

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(new RegExp(`^configuration of ${application.name} is stored; next rotation 20\\S+Z\n$`));
  expect(await stored(application)).toEqual(settings);
  expect(await application.versions()).toHaveLength(1);
  expect(await rotor.runs(application.arn)).toEqual([]);
});

test('configure takes options without a file, and --json prints the schedule', async () => {
  const application = await rotor.createApplication();

  const { code, stdout } = await run(
    'configure',
    application.name,
    '--days',
    '9',
    '--strategy',
    'single-user',
    '--json',
  );

  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ plan: { secretId: application.arn }, paused: false });
  expect(await stored(application)).toEqual({
    configuration: { strategy: 'single-user' },
    rotationRules: { automaticallyAfterDays: 9 },
  });
});

test('options win over the file, and what they do not say stays as the file says', async () => {
  const [application, other] = [await rotor.createApplication(), await rotor.createApplication()];
  const file = await fileOf(yaml);

  await run('configure', application.name, '--config', file, '--strategy', 'single-user', '--duration', '5h');
  await run('configure', other.name, '--config', file, '--days', '30', '--superuser-secret', 'another');

  expect(await stored(application)).toEqual({
    configuration: { ...settings.configuration, strategy: 'single-user' },
    rotationRules: { ...settings.rotationRules, duration: '5h' },
  });
  expect(await stored(other)).toEqual({
    configuration: { ...settings.configuration, superuserSecretId: 'another' },
    rotationRules: { automaticallyAfterDays: 30 },
  });
});

test('rotate --config rotates by the file, and stores it', async () => {
  const worker = await rotor.startWorker();
  const application = await rotor.createApplication();
  const file = await fileOf('passwordPolicy: { length: 48 }\nrotationRules: { automaticallyAfterDays: 7 }\n');

  const { code, stderr } = await run('rotate', application.name, '--config', file, '--wait');

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(await application.password()).toHaveLength(48);
  expect(await stored(application)).toEqual({
    configuration: { passwordPolicy: { length: 48 } },
    rotationRules: { automaticallyAfterDays: 7 },
  });
  await worker.stop();
});

describe('a file that cannot be used ends with 1 and one line that names the place, and nothing is stored', () => {
  let application: RotatedApplication;

  beforeAll(async () => {
    application = await rotor.createApplication();
  });

  test.each([
    ['no YAML', 'strategy: [single-user', 'The file is not valid YAML or JSON', 'line 1'],
    ['a member twice', 'strategy: single-user\nstrategy: single-user', 'Map keys must be unique', 'line 2'],
    ['an alias of nothing', 'strategy: *nothing', 'The file is not valid YAML or JSON', 'nothing'],
    ['a tag', 'strategy: !secret single-user', 'The file is not valid YAML or JSON', '!secret'],
    ['two documents', 'strategy: single-user\n---\nstrategy: single-user', 'The file is not valid YAML or JSON'],
    ['nothing', '', 'must hold an object with strategy, superuserSecretId, tls,', 'rotationRules'],
    ['a list', '- strategy: single-user', 'must hold an object'],
    ['an unknown member', 'rotationRule: {}', 'rotationRules, but no "rotationRule"'],
    ['an unknown strategy', 'strategy: double', 'strategy must be one of single-user, alternating-users,'],
    ['a wrong port', 'endpoints: [{ host: a }, { host: b, port: 99999 }]', 'endpoints[1].port must be a whole number'],
    ['TLS that is empty', 'tls:', 'tls must be an object with ca'],
    ['two sources of certificates', 'tls: { ca: x, caFile: ca.pem }', 'tls must have ca or caFile, not both'],
    ['a file name that is none', 'tls: { caFile: 7 }', 'tls.caFile must be the path of a PEM file'],
    ['certificates that are not there', 'tls: { caFile: none.pem }', 'tls.caFile: The file cannot be read (ENOENT)'],
    [
      'certificates that are none',
      'tls: { caFile: empty.pem }',
      'tls.caFile must be a file of one or more certificates',
    ],
    [
      'a weak policy',
      'passwordPolicy: { length: 4 }',
      "passwordPolicy cannot be used: The password policy's length must be",
    ],
    ['rules as a text', 'rotationRules: weekly', 'rotationRules: The rotation rules must be an object'],
    [
      'rules that AWS refuses',
      'rotationRules: { scheduleExpression: rate(3 hours) }',
      'rotationRules: A rate is at least',
    ],
    ['unknown rules', 'rotationRules: { days: 7 }', 'rotationRules: Rotation rules have automaticallyAfterDays,'],
  ])('%s', async (_what, text, ...parts) => {
    const file = await fileOf(text);

    const { code, stdout, stderr } = await run('configure', application.name, '--config', file);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^rotor: .*\n$/);
    for (const part of [file, ...parts]) expect(stderr).toContain(part);
    expect((await rotor.client.describe(application.name)).schedule).toBe(undefined);
  });

  test.each(['configure', 'rotate'])('%s with a file that is not there', async (verb) => {
    const { code, stdout, stderr } = await run(verb, application.name, '--config', path.join(folder, 'none.yaml'));

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(`rotor: ${path.join(folder, 'none.yaml')}: The file cannot be read (ENOENT).\n`);
    expect(await rotor.runs(application.arn)).toEqual([]);
  });
});

describe('misuse ends with 2 and one line', () => {
  test.each([
    [['configure', 'test/app'], 'nothing to store'],
    [['configure', 'test/app', '--strategy', 'double'], 'Allowed choices are single-user'],
    [['configure', 'test/app', '--duration', '3h'], "'--duration' needs '--days'"],
    [['rotate', 'test/app', '--duration', '3h'], "'--duration' needs '--days'"],
    [['configure', 'test/app', '--days', '7', '--schedule', 'rate(7 days)'], 'cannot be used with'],
    [['configure', 'test/app', '--wait'], "unknown option '--wait'"],
  ])('rotor %j', async (args, part) => {
    const { code, stdout, stderr } = await run(...args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: .*\n$/);
    expect(stderr).toContain(part);
  });
});
