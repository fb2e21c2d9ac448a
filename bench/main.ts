import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { measureRotations } from './measure-rotations';

const resultsFile = path.join('bench', 'results', 'rotations.json');

/** `npm run bench`: the whole stack on this machine, rotations one after another and sixteen at a time. */
async function bench(): Promise<void> {
  const results = await measureRotations({
    env: process.env,
    onProgress: (line) => {
      process.stderr.write(`${line}\n`);
    },
  });
  console.table(results.rounds);
  console.table(results.memory);
  await mkdir(path.dirname(resultsFile), { recursive: true });
  await writeFile(resultsFile, `${JSON.stringify(results, undefined, 2)}\n`);
  process.stdout.write(`${JSON.stringify(results)}\n`);
}

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
bench().catch((err: unknown) => {
  process.stderr.write(`bench: ${err instanceof Error ? err.message : 'failed'}\n`);
  process.exitCode = 1;
});
