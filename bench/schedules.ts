import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { measureSchedules } from './measure-schedules';

const resultsFile = path.join('bench', 'results', 'schedules.json');

/** `node dist/bench/schedules.js [how many]`: making, reading and arming many Schedules, on a fresh stack. */
async function bench(): Promise<void> {
  const results = await measureSchedules({
    count: Number(process.argv[2] ?? 5_000),
    env: process.env,
    onProgress: (line) => {
      process.stderr.write(`${line}\n`);
    },
  });
  console.table(results.operations);
  console.table(results.processes);
  await mkdir(path.dirname(resultsFile), { recursive: true });
  await writeFile(resultsFile, `${JSON.stringify(results, undefined, 2)}\n`);
  process.stdout.write(`${JSON.stringify(results)}\n`);
}

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
bench().catch((err: unknown) => {
  process.stderr.write(`bench: ${err instanceof Error ? err.message : 'failed'}\n`);
  process.exitCode = 1;
});
