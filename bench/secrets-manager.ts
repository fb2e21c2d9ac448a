import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import autocannon from 'autocannon';
import { defaultCredentials, defaultRegion } from '../local/secrets-manager';
import { authorize } from '../local/secrets-manager/wire/authorize';
import { type Figure } from './section';
import { processUsage } from './stack/process-usage';

/** How much is measured, and for how long. */
export interface SecretsManagerBenchOptions {
  /** @defaultValue 10000 */
  readonly secrets?: number;
  /** For each figure. @defaultValue 10 */
  readonly seconds?: number;
  /** Told what is going on. */
  readonly onProgress?: (line: string) => void;
}

/** One figure, and what it has to reach. */
export interface SecretsManagerFigure extends Figure {
  readonly figure: string;
}

interface Operation {
  readonly target: string;
  readonly body: string;
}

interface Server {
  readonly child: ChildProcess;
  readonly url: string;
  readonly startMs: number;
}

interface Rate {
  readonly name: string;
  readonly perSecond: number;
  readonly operation: (index: number) => Operation;
}

const getRate: Rate = { name: 'GetSecretValue', perSecond: 5000, operation: getFrom };
const putRate: Rate = { name: 'PutSecretValue', perSecond: 1500, operation: putTo };

const program = path.join(__dirname, '../local/secrets-manager/main.js');
const parallel = 32;
const versionsPerSecret = 3;
const secretString = JSON.stringify({
  engine: 'postgres',
  host: 'db.example',
  username: 'app',
  password: 'p'.repeat(32),
});

/**
 * Measures the local Secrets Manager, as a process of its own held to one core where the system can do that: reads,
 * writes, start and memory with many secrets of three versions each, by a raw HTTP client and by the AWS SDK.
 */
export async function benchSecretsManager(options: SecretsManagerBenchOptions = {}): Promise<SecretsManagerFigure[]> {
  const { secrets = 10_000, seconds = 10, onProgress = () => undefined } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'rotor-bench-'));
  try {
    onProgress(`writing ${secrets} secrets of ${versionsPerSecret} versions`);
    const filled = await startServer(folder);
    await fill(filled.url, secrets);
    await stopServer(filled);
    const journaled = await startServer(folder);
    await stopServer(journaled);
    const server = await startServer(folder);
    const starts = [startFigure('start, 3 records a secret', journaled), startFigure('start, compacted', server)];
    const reads = await measureRate(server.url, { ...getRate, secrets, seconds, onProgress });
    const memory = memoryFigure(server);
    const writes = await measureRate(server.url, { ...putRate, secrets, seconds, onProgress });
    await stopServer(server);
    return [...reads, ...writes, memory, ...starts];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureRate(
  url: string,
  { name, perSecond, operation, seconds, onProgress, secrets }: Rate & Required<SecretsManagerBenchOptions>,
): Promise<SecretsManagerFigure[]> {
  const next = (): Operation => operation(Math.floor(Math.random() * secrets));
  onProgress(`${name} by raw HTTP for ${seconds} s`);
  const { requests, latency } = await cannon(url, { seconds, next });
  onProgress(`${name} by the AWS SDK for ${seconds} s`);
  const sdk = await sdkRate(url, { seconds, next });
  return [
    { figure: `${name}, raw`, value: requests.average, unit: '/s', target: { atLeast: perSecond } },
    { figure: `${name}, raw, p99`, value: latency.p99, unit: 'ms', target: { atMost: 20 } },
    { figure: `${name}, SDK`, value: sdk, unit: '/s' },
  ];
}

/** With the versions that were written first, whatever is written later. */
function memoryFigure({ child }: Server): SecretsManagerFigure {
  const { mebibytes: value } = processUsage(child.pid ?? 0);
  return { figure: 'resident memory', value, unit: 'MiB', target: { atMost: 200 } };
}

function startFigure(figure: string, { startMs }: Server): SecretsManagerFigure {
  return { figure, value: startMs, unit: 'ms', target: { atMost: 2_000 } };
}

/** Starts the program; with `taskset` it is held to the last core and leaves the others to the clients. */
async function startServer(folder: string): Promise<Server> {
  const startedAt = performance.now();
  const command = [process.execPath, program, '--port', '0', '--folder', folder];
  const pinned =
    process.platform === 'linux' ? ['taskset', '-c', `${availableParallelism() - 1}`, ...command] : command;
  const [file = '', ...args] = pinned;
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const chunk of child.stdout) {
    output += String(chunk);
    const url = /^listening on (\S+)$/m.exec(output)?.[1];
    if (url !== undefined) return { child, url, startMs: performance.now() - startedAt };
  }
  throw new Error('The endpoint did not start.');
}

async function stopServer({ child }: Server): Promise<void> {
  const closed = once(child, 'exit');
  child.kill('SIGTERM');
  await closed;
}

async function fill(url: string, secrets: number): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < secrets; index = next++) {
      const create = { Name: nameOf(index), ClientRequestToken: randomUUID(), SecretString: secretString };
      await call(url, { target: 'CreateSecret', body: JSON.stringify(create) });
      for (let version = 1; version < versionsPerSecret; version += 1) await call(url, putTo(index));
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
}

async function call(url: string, operation: Operation): Promise<void> {
  const response = await fetch(url, { method: 'POST', headers: headersOf(url, operation), body: operation.body });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${operation.target} answered ${response.status}.`);
}

async function cannon(
  url: string,
  { seconds, next }: { seconds: number; next: () => Operation },
): Promise<autocannon.Result> {
  const setupRequest = (request: autocannon.Request): autocannon.Request => {
    const operation = next();
    return { ...request, body: operation.body, headers: headersOf(url, operation) };
  };
  const result = await autocannon({
    url,
    connections: parallel,
    duration: seconds,
    requests: [{ method: 'POST', setupRequest }],
  });
  if (result.non2xx + result.errors > 0) throw new Error(`${result.non2xx + result.errors} calls failed.`);
  return result;
}

async function sdkRate(url: string, { seconds, next }: { seconds: number; next: () => Operation }): Promise<number> {
  const client = new SecretsManagerClient({ endpoint: url, region: defaultRegion, credentials: defaultCredentials });
  const until = performance.now() + seconds * 1000;
  let calls = 0;
  const work = async (): Promise<void> => {
    for (; performance.now() < until; calls += 1) {
      const { target, body } = next();
      const input = JSON.parse(body) as { SecretId: string };
      await (target === 'GetSecretValue'
        ? client.send(new GetSecretValueCommand(input))
        : client.send(new PutSecretValueCommand(input)));
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  client.destroy();
  return Math.round(calls / seconds);
}

function getFrom(index: number): Operation {
  return { target: 'GetSecretValue', body: JSON.stringify({ SecretId: nameOf(index) }) };
}

function putTo(index: number): Operation {
  const input = { SecretId: nameOf(index), ClientRequestToken: randomUUID(), SecretString: secretString };
  return { target: 'PutSecretValue', body: JSON.stringify(input) };
}

function nameOf(index: number): string {
  return `bench/${index}`;
}

function headersOf(url: string, { target, body }: Operation): Record<string, string> {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `secretsmanager.${target}` };
  const signer = { ...defaultCredentials, region: defaultRegion, service: 'secretsmanager' };
  return authorize({ url: new URL(url), body, headers }, signer);
}
