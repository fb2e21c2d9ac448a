import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { StoreAccessDeniedError } from '../../rotation/errors';
import { untilAsked } from '../support/end-states';
import { FailingStep } from '../support/failing-step';
import { type RotatedApplication } from '../support/rotated-application';
import { type CommandResult, endCommands, runRotor } from '../support/rotor-command';
import { RotorUnderTest, type RunningWorker } from '../support/rotor-under-test';

let rotor: RotorUnderTest;
let worker: RunningWorker;
let finish: FailingStep;
let application: RotatedApplication;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

beforeEach(async () => {
  finish = new FailingStep(
    'finishSecret',
    new StoreAccessDeniedError('Grant secretsmanager:UpdateSecretVersionStage.'),
  );
  worker = await rotor.startWorker({ wrap: (activities) => finish.wrap(activities) });
  application = await rotor.createApplication();
});

afterEach(async () => {
  await endCommands();
  await worker.stop();
});

afterAll(() => rotor.close());

function run(...args: string[]): Promise<CommandResult> {
  return runRotor(args, { env: rotor.environment });
}

test('rotate --wait ends with 1 where a decision is needed; status tells, decide answers', async () => {
  const { name, firstVersion } = application;

  const rotated = await run('rotate', name, '--wait');
  const status = await run('status', name);
  finish.mend();
  const decided = await run('decide', name, 'retry', '--question', '1', '--note', 'granted');
  await rotor.untilRotated(application.arn, { runs: 1 });

  expect(rotated.code).toBe(1);
  expect(rotated.stderr).toMatch(
    /^rotor: [^\n]*Grant secretsmanager:UpdateSecretVersionStage\.[^\n]*rotor decide \S+ <choice> --question 1[^\n]*\n$/,
  );
  expect(status.stdout).toContain('waiting for a decision: Grant secretsmanager:UpdateSecretVersionStage.');
  expect(status.stdout).toContain(
    `Version ${firstVersion} (current) holds AWSCURRENT; the database refuses its credential.`,
  );
  expect(status.stdout).toContain(`question 1; decide with \`rotor decide ${name} <choice> --question 1\`:\n`);
  expect(status.stdout).toMatch(/^ {4}retry {5}Tries again to move AWSCURRENT/m);
  expect(decided).toMatchObject({ code: 0, stderr: '' });
  expect(decided.stdout).toBe(`decided for ${name}, question 1: retry; see \`rotor status ${name}\`\n`);
  expect((await application.labels())[firstVersion]).toEqual(['AWSPREVIOUS']);
});

/** Waits until a question is open, and tells the rotation. */
async function untilQuestion(question: number): Promise<void> {
  const { arn, name } = application;
  await untilAsked(rotor, { rotation: { arn, name, versionId: '' }, question });
}

/** What status prints of the decisions, with the times left out. */
async function printedDecisions(): Promise<string[]> {
  const { stdout } = await run('status', application.name);
  const lines = stdout.split('\n').filter((line) => line.includes(' decided: '));
  return lines.map((line) => line.trim().replace(/20\d\d-\S+Z/, 'TIME'));
}

test('who decided, when and why is told by status and in the web UI: by default the user and the machine', async () => {
  const { name, arn } = application;
  await run('rotate', name, '--wait');

  await run('decide', name, 'retry', '--note', 'let us see');
  await untilQuestion(2);
  await run('decide', name, 'rollBack', '--by', 'Ann', '--note', 'enough');
  await rotor.untilRotated(arn, { runs: 1 });

  const told = [
    `question 1 decided: retry, by ${userInfo().username}@${hostname()}, TIME: let us see`,
    'question 2 decided: rollBack, by Ann, TIME: enough',
  ];
  expect(await printedDecisions()).toEqual(told);
  const { currentDetails } = await rotor.owner(arn).query<{ currentDetails: string }>('__temporal_workflow_metadata');
  const shown = currentDetails.replaceAll(/(?<=by \S+, )20\d\d-[^:]+:[^:]+:[^:]+Z/g, 'TIME');
  expect(shown).toContain(told.map((line) => `- ${line}`).join('\n'));
});

test('the line for the plain temporal command says who decides; without that it is nobody known', async () => {
  const { name, arn } = application;
  const operating = await readFile(path.join(__dirname, '../../docs/operating.md'), 'utf8');
  const [line = ''] = /temporal workflow update execute [^`]*--name decide [^`]*/.exec(operating) ?? [];
  const { temporal, temporalExecutable } = rotor.servers;
  const command = line.replace('FULL-ARN', arn).replace(/^temporal/, `'${temporalExecutable}'`);
  const env = { ...process.env, TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace };
  await run('rotate', name, '--wait');

  await promisify(execFile)('sh', ['-c', command], { env });
  await untilQuestion(2);
  await rotor.owner(arn).executeUpdate('decide', { args: [{ choice: 'rollBack' }] });
  await rotor.untilRotated(arn, { runs: 1 });

  expect(await printedDecisions()).toEqual([
    'question 1 decided: retry, by NAME, TIME',
    'question 2 decided: rollBack, by unknown, TIME',
  ]);
});

test('decide --json prints the decision', async () => {
  await run('rotate', application.name, '--wait');

  const decided = await run('decide', application.name, 'rollBack', '--json');

  expect(decided).toMatchObject({ code: 0, stdout: '{"question":1,"choice":"rollBack"}\n' });
  await rotor.untilRotated(application.arn, { runs: 1 });
  expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'] });
});

test.each([
  ['a choice that is none', ['forget'], 2],
  ['no choice', [], 2],
  ['a question that is no number', ['retry', '--question', 'first'], 2],
  ['a rotation that is not there', ['retry'], 1],
])('decide with %s ends with one line', async (_, choice, code) => {
  const result = await run('decide', application.name, ...choice);

  expect(result.code).toBe(code);
  expect(result.stderr.trim().split('\n')).toHaveLength(1);
});
