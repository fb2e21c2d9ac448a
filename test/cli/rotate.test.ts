import { randomUUID } from 'node:crypto';
import { Hold } from '../support/hold';
import { endCommands, runRotor, type CommandResult } from '../support/rotor-command';
import { RotorUnderTest } from '../support/rotor-under-test';

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

afterEach(endCommands);

afterAll(() => rotor.close());

function run(...args: string[]): Promise<CommandResult> {
  return runRotor(args, { env: rotor.environment });
}

test('two commands at the same moment are one rotation; the other is told its token and ends with 1', async () => {
  const hold = new Hold({ step: 'setSecret', moment: 'before' });
  const worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
  const application = await rotor.createApplication();

  const answers = await Promise.all([run('rotate', application.name), run('rotate', application.name)]);
  const [accepted, refused] = answers.sort((a, b) => Number(a.code) - Number(b.code));
  hold.release();
  const { clientRequestToken } = await rotor.owner(application.arn).result();

  expect(accepted).toEqual({
    code: 0,
    stdout: `rotation of ${application.name} accepted, token ${clientRequestToken}\n`,
    stderr: '',
  });
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(/^rotor: A rotation of this secret is in progress .*\n$/);
  expect(refused.stderr).toContain(clientRequestToken);
  expect(await application.versions()).toHaveLength(2);
  await worker.stop();
});

describe('with a worker', () => {
  beforeAll(() => rotor.startWorker());

  test('--wait tells each step and how the rotation ended', async () => {
    const application = await rotor.createApplication();

    const { code, stdout, stderr } = await run('rotate', application.name, '--wait');

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [versionId] = (await application.versions()).filter((version) => version !== application.firstVersion);
    expect(stdout.split('\n').map((line) => line.replace(/ +\d+ ms/, ' …'))).toEqual([
      `rotation of ${application.name} accepted, token ${String(versionId)}`,
      '  openRotation …  done',
      '  createSecret …  done',
      '  setSecret …  done',
      '  testSecret …  done',
      '  finishSecret …  done',
      '  armNextRotation …  done',
      `${application.name} is rotated: AWSCURRENT is version ${String(versionId)}; no schedule`,
      '',
    ]);
  });

  test('--json prints one document, with the ids of the rotation and without a value', async () => {
    const application = await rotor.createApplication();

    const { code, stdout, stderr } = await run('rotate', application.name, '--wait', '--json');

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      arn: application.arn,
      name: application.name,
      previousVersionId: application.firstVersion,
    });
    expect(stdout).not.toContain(await application.password());
  });

  test('--token names the version that the rotation makes', async () => {
    const application = await rotor.createApplication();
    const token = randomUUID();

    const first = await run('rotate', application.arn, '--wait', '--token', token);
    const again = await run('rotate', application.arn, '--wait', '--token', token);

    expect([first.code, again.code]).toEqual([0, 0]);
    expect(await application.labels()).toMatchObject({ [token]: ['AWSCURRENT'] });
    expect(await application.versions()).toHaveLength(2);
  });

  test('--days stores a schedule that the status shows', async () => {
    const application = await rotor.createApplication();

    await run('rotate', application.name, '--wait', '--days', '7');
    const text = await run('status', application.name);
    const json = await run('status', application.name, '--json');

    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toMatch(/^schedule {2}every 7 days, next rotation 20\d\d-/m);
    expect(JSON.parse(json.stdout)).toMatchObject({
      arn: application.arn,
      labels: await application.labels(),
      rotation: { open: false, workflowStatus: 'COMPLETED', status: { state: 'rotated' } },
      schedule: { plan: { rotationRules: { automaticallyAfterDays: 7 } }, paused: false },
    });
  });

  test('the status of a secret that was never rotated says so', async () => {
    const application = await rotor.createApplication();

    const { code, stdout, stderr } = await run('status', application.name);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      `${application.name}  ${application.arn}`,
      'labels',
      `  ${application.firstVersion}  AWSCURRENT`,
      'rotation  none that Temporal remembers',
      'schedule  none',
      '',
    ]);
  });
});
