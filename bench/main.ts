import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArguments } from './parse-arguments';
import { sectionText } from './report/print-tables';
import { type Results } from './report/results';
import { countTargets } from './report/target';
import { writeDocs } from './report/write-docs';
import { runSections } from './run-sections';
import { sections } from './sections';

/** `npm run bench`: tables on the screen, results in a file, and with `--write-docs` numbers and pictures in `docs/`. */
async function bench(): Promise<void> {
  const {
    quick,
    runs,
    only,
    json,
    writeDocs: isDocumented,
  } = parseArguments(
    process.argv,
    sections.map(({ name }) => name),
  );
  const results = await runSections({
    ...{ quick, runs, env: process.env },
    sections: sections.filter(({ name }) => only?.includes(name) ?? true),
    onProgress: (line) => process.stderr.write(`${line}\n`),
    onSection: (result) => process.stdout.write(sectionText(result)),
  });
  process.stdout.write(summaryText(results));
  await mkdir(path.dirname(json), { recursive: true });
  await writeFile(json, `${JSON.stringify(results, undefined, 2)}\n`);
  if (isDocumented) await writeDocs(results, sections);
  if (results.sections.some(({ failure }) => failure !== undefined)) process.exitCode = 1;
}

function summaryText({ machine, versions, quick, sections: ended }: Results): string {
  const { met, targets } = countTargets(ended.flatMap(({ rows }) => rows));
  const servers = Object.entries(versions).map(([server, version]) => `${server} ${version}`);
  return [
    `\n${machine.cores} × ${machine.cpu}, ${machine.memoryGib} GiB, ${machine.os}, Node ${machine.node}`,
    servers.join(', '),
    `${met} of ${targets} targets met; ${quick ? 'a quick run: the numbers say little' : 'see each section for its runs'}`,
    '',
  ].join('\n');
}

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
bench().catch((err: unknown) => {
  process.stderr.write(`bench: ${err instanceof Error ? err.message : 'failed'}\n`);
  process.exitCode = 1;
});
