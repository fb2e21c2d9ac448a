import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { scriptArguments } from '../supervisor';
import { runTool } from './run-tool';
import { downloadEnvironment } from './tool-environment';
import { type Workshop } from './workshop';

const LIMIT_MS = 10 * 60_000;

/**
 * Lets the SDK download a Temporal server into the cache, through the operator's proxy if there is one.
 *
 * It happens in a process of its own, because the SDK's native part can neither be interrupted nor be reset.
 *
 * @returns why there is none; undefined when it is there
 */
export async function downloadTemporal(workshop: Workshop): Promise<string | undefined> {
  const { downloads } = workshop.cache;
  await mkdir(downloads, { recursive: true, mode: 0o700 });
  for (const name of await readdir(downloads)) {
    // Nobody else is at work here, so this was given up; the SDK would wait a minute for it.
    if (name.endsWith('.downloading')) await rm(path.join(downloads, name), { force: true });
  }
  const outcome = await runTool(workshop, {
    name: 'download',
    task: 'downloading a Temporal server',
    command: process.execPath,
    args: [...scriptArguments(path.join(__dirname, 'download-script')), downloads],
    env: downloadEnvironment(workshop.env),
    limitMs: LIMIT_MS,
  });
  if (outcome.ok) return undefined;
  return /error sending request|dns error|timed out|Connect/.test(outcome.output)
    ? 'the host of the downloads cannot be reached'
    : outcome.reason;
}
