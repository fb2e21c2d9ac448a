import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { identifyProcess, scriptArguments, waitUntil } from '../../../local/supervisor';
import { findTemporal, TemporalNotFoundError, TemporalNotUsableError } from '../../../local/temporal';

const TEMPORAL = 'echo "temporal version 0.0.0 (Server 1.29.1, UI 2.42.1)"';
const SYSTEM = '/usr/bin:/bin';

let folder: string;
let bin: string;
let cacheFolder: string;
let progress: string[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rotor-find-'));
  bin = path.join(folder, 'bin');
  cacheFolder = path.join(folder, 'cache');
  progress = [];
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A proxy that nobody answers at keeps the SDK from downloading wherever the tests run. */
function environment(more: Record<string, string> = {}): Record<string, string> {
  return { PATH: `${bin}:${SYSTEM}`, HOME: folder, https_proxy: 'http://127.0.0.1:9', ...more };
}

function find(more: Record<string, string> = {}): ReturnType<typeof findTemporal> {
  return findTemporal({ env: environment(more), cacheFolder, onProgress: (line) => progress.push(line) });
}

async function writeProgram(file: string, body: string): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${body}\n`);
  await chmod(file, 0o755);
  return file;
}

/** A Go that writes down its calls, does what it is told in between, and delivers a program. */
function writeGo(install: string): Promise<string> {
  const deliver = `printf '#!/bin/sh\\n%s\\n' '${TEMPORAL}' > "$GOBIN/temporal"; chmod 755 "$GOBIN/temporal"`;
  const body = `if [ "$1" = version ]; then echo "go version go1.25.0 linux/amd64"; exit 0; fi
echo "$$ $*" >> ${path.join(folder, 'go-calls')}
${install}
${deliver}`;
  return writeProgram(path.join(bin, 'go'), body);
}

async function goCalls(): Promise<string[]> {
  return (await readFile(path.join(folder, 'go-calls'), 'utf8').catch(() => ''))
    .split('\n')
    .filter((line) => line !== '');
}

test('the program in TEMPORAL_CLI_PATH comes before the one on the PATH', async () => {
  const named = await writeProgram(path.join(folder, 'named'), TEMPORAL);
  await writeProgram(path.join(bin, 'temporal'), TEMPORAL);

  expect(await find({ TEMPORAL_CLI_PATH: named })).toEqual({ path: named, source: 'TEMPORAL_CLI_PATH' });
});

test.each([
  ['it cannot be run (ENOENT)', undefined],
  ['asked for its version it ends with code 3', 'exit 3'],
  ['it calls itself "temporal version 1.9.9"', 'echo temporal version 1.9.9'],
])('a TEMPORAL_CLI_PATH of no use is an error that says: %s', async (reason, body) => {
  const named = path.join(folder, 'named');
  if (body !== undefined) await writeProgram(named, body);

  const finding = find({ TEMPORAL_CLI_PATH: named });

  await expect(finding).rejects.toThrow(TemporalNotUsableError);
  await expect(finding).rejects.toThrow(`TEMPORAL_CLI_PATH names ${named}, which is of no use: ${reason}`);
});

test('a program on the PATH that is no Temporal server is passed over', async () => {
  await writeProgram(path.join(bin, 'temporal'), 'exit 1');
  const second = await writeProgram(path.join(folder, 'second', 'temporal'), TEMPORAL);

  const found = await find({ PATH: `${bin}:${path.dirname(second)}:${SYSTEM}` });

  expect(found).toEqual({ path: second, source: 'PATH' });
});

test('a download of an earlier time is used again, without Go', async () => {
  const download = path.join(cacheFolder, 'temporal', 'downloads', 'temporal-sdk-typescript-1.24.0');
  await writeProgram(download, TEMPORAL);
  await writeProgram(`${download}.downloading`, TEMPORAL);

  expect(await find()).toEqual({ path: download, source: 'download' });
});

test('what cannot be downloaded is built with Go, once', async () => {
  await writeGo('true');

  const first = await find();
  const second = await find();

  expect(first).toEqual({ path: path.join(cacheFolder, 'temporal', 'v1.5.1', 'temporal'), source: 'build' });
  expect(second).toEqual(first);
  expect(await goCalls()).toEqual([
    expect.stringMatching(/install github\.com\/temporalio\/cli\/cmd\/temporal@v1\.5\.1$/),
  ]);
  expect(progress).toEqual(['building the Temporal server v1.5.1 with go1.25.0: about three minutes, once']);
});

test('two processes at once build once, and both get the result', async () => {
  await writeGo('sleep 1');

  const finders = [startFinder(), startFinder()];
  const answers = await Promise.all(finders.map(({ answer }) => answer));

  expect(answers).toEqual(Array(2).fill(path.join(cacheFolder, 'temporal', 'v1.5.1', 'temporal')));
  expect(await goCalls()).toHaveLength(1);
});

test('a build whose parent is killed ends with it, and the next one starts afresh', async () => {
  await writeGo('sleep 600');
  const finder = startFinder();
  expect(await waitUntil(async () => (await goCalls()).length === 1, { limitMs: 20_000 })).toBe(true);
  const go = Number((await goCalls())[0]?.split(' ')[0]);

  process.kill(finder.pid, 'SIGKILL');
  await finder.answer;

  expect(await waitUntil(() => identifyProcess(go) === undefined, { limitMs: 15_000 })).toBe(true);
  await writeGo('true');
  expect((await find()).source).toBe('build');
  const left = await readdir(path.join(cacheFolder, 'temporal', 'workshop'));
  expect(left.filter((name) => name.startsWith('gobin-'))).toEqual([]);
});

/** Looks for Temporal in a process of its own; the answer is what it prints. */
function startFinder(): { pid: number; answer: Promise<string> } {
  const child = spawn(process.execPath, [...scriptArguments(path.join(__dirname, 'find-script')), cacheFolder], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const answer = new Promise<string>((resolve) => {
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    child.once('close', () => {
      resolve(printed.trim());
    });
  });
  return { pid: Number(child.pid), answer };
}

test.each([
  ['Go is not installed (1.25 or newer is needed)', undefined],
  [
    'the Go on this machine is too old (1.25 or newer is needed)',
    'echo "requires go >= 1.25.0 (running go 1.24.1; GOTOOLCHAIN=local)" >&2; exit 1',
  ],
  ['go install ended with exit code 2: first | second (all of it in', 'echo first; echo second; exit 2'],
  ['it does not run here', 'printf "exit 1" > "$GOBIN/temporal"; exit 0'],
])('where nothing works the error names every attempt, and says: %s', async (reason, install) => {
  if (install !== undefined) await writeGo(install);

  const finding = find(install === undefined ? { PATH: bin } : {});

  await expect(finding).rejects.toThrow(TemporalNotFoundError);
  await expect(finding).rejects.toThrow(`build: ${reason}`);
  await expect(finding).rejects.toThrow(
    'PATH: no temporal on it; download: the host of the downloads cannot be reached;',
  );
});
