import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { serverEnvironment } from '../supervisor';
import { runTool } from './run-tool';
import { TEMPORAL_CLI_VERSION } from './temporal-cache';
import { goEnvironment } from './tool-environment';
import { type Workshop } from './workshop';

const PACKAGE = `github.com/temporalio/cli/cmd/temporal@${TEMPORAL_CLI_VERSION}`;
const NEEDED_GO = '1.25';
const LIMIT_MS = 30 * 60_000;
const PROBE_LIMIT_MS = 20_000;
const DRAFT_PREFIX = 'gobin-';

/**
 * Builds a Temporal server from its sources with the Go of the machine: about three minutes on two cores.
 *
 * The program appears in the cache at once and complete; what an interrupted build has left is removed.
 *
 * @returns why there is none; undefined when it is there
 */
export async function buildTemporal(workshop: Workshop): Promise<string | undefined> {
  const version = await goVersion(workshop.env);
  if (version === undefined) return `Go is not installed (${NEEDED_GO} or newer is needed)`;
  workshop.onProgress(
    `building the Temporal server ${TEMPORAL_CLI_VERSION} with ${version}: about three minutes, once`,
  );

  const { built, workshop: folder } = workshop.cache;
  await removeDrafts(folder);
  const draft = await mkdtemp(path.join(folder, DRAFT_PREFIX));
  try {
    const outcome = await runTool(workshop, {
      name: 'build',
      task: 'building the Temporal server',
      command: 'go',
      args: ['install', PACKAGE],
      env: { ...goEnvironment(workshop.env), GOBIN: draft },
      limitMs: LIMIT_MS,
    });
    if (!outcome.ok) return explain(outcome);
    await mkdir(path.dirname(built), { recursive: true, mode: 0o700 });
    await rename(path.join(draft, 'temporal'), built);
    return undefined;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function goVersion(env: Workshop['env']): Promise<string | undefined> {
  const options = { env: serverEnvironment(goEnvironment(env)), timeout: PROBE_LIMIT_MS };
  const answer = await promisify(execFile)('go', ['version'], options).catch(() => undefined);
  return answer === undefined ? undefined : /go\d\S*/.exec(answer.stdout)?.[0];
}

function explain({ reason, output }: { reason: string; output: string }): string {
  if (/requires go >= |invalid go version|unknown directive: toolchain/.test(output)) {
    return `the Go on this machine is too old (${NEEDED_GO} or newer is needed)`;
  }
  return `go install ${reason}`;
}

async function removeDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(DRAFT_PREFIX)) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}
