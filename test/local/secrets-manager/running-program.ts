import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { transformFile } from '@swc/core';
import { defaultCredentials, defaultRegion } from '../../../local/secrets-manager';
import { until } from './scenario';
import { type Address } from './wire-client';

const root = resolve(__dirname, '../../..');
const source = join(root, 'local/secrets-manager');

/** A started program and what it has said so far. */
export interface RunningProgram {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly errors: () => string;
  /** Settles with the exit status, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

let compiled: Promise<string> | undefined;

/** Starts the program, from the sources as they are. A limit in blocks of 1024 bytes bounds the size of its files. */
export async function startProgram(
  args: readonly string[],
  { env = {}, fileLimit }: { env?: Record<string, string>; fileLimit?: number } = {},
): Promise<RunningProgram> {
  compiled ??= compile();
  const command = [process.execPath, await compiled, ...args];
  const limited =
    fileLimit === undefined ? command : ['bash', '-c', `ulimit -f ${fileLimit}; exec "$@"`, 'bash', ...command];
  const [program = '', ...rest] = limited;
  const child = spawn(program, rest, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { output: '', errors: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.errors += chunk.toString()));
  const ended = new Promise<number | string>((done) => {
    child.once('close', (code, signal) => {
      done(code ?? signal ?? '');
    });
  });
  return { child, output: () => said.output, errors: () => said.errors, ended };
}

/** Where a started program listens, once it says so. */
export async function addressOf({ child, output, errors }: RunningProgram): Promise<Address> {
  const url = (): string | undefined => /^listening on (http:\/\/\S+)$/m.exec(output())?.[1];
  await until(() => url() !== undefined || child.exitCode !== null, 'the program did not say where it listens');
  const found = url();
  if (found === undefined) throw new Error(`the program ended: ${errors()}`);
  return { url: found, region: defaultRegion, credentials: defaultCredentials };
}

/** Stops a program as an operator does. */
export async function stopProgram({ child, ended }: RunningProgram): Promise<number | string> {
  child.kill('SIGTERM');
  return ended;
}

/** Removes what {@link startProgram} made of the sources. */
export async function removeProgram(): Promise<void> {
  if (compiled !== undefined) await rm(dirname(await compiled), { recursive: true, force: true });
}

/** Translates the sources to where the installed packages are found; gives back the program's file. */
async function compile(): Promise<string> {
  const target = join(root, 'node_modules/.cache', `secrets-manager-${process.pid}`);
  const names = await readdir(source, { recursive: true });
  const files = names.filter((name) => name.endsWith('.ts')).map((name) => join(source, name));
  await Promise.all(
    files.map(async (file) => {
      const { code } = await transformFile(file, {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
        swcrc: false,
      });
      const output = join(target, relative(source, file).replace(/\.ts$/, '.js'));
      await mkdir(dirname(output), { recursive: true });
      await writeFile(output, code);
    }),
  );
  return join(target, 'main.js');
}
