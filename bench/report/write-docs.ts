import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { type Section } from '../section';
import { chartSvg } from './chart-svg';
import { machineMarkdown, replacePart, sectionMarkdown } from './markdown';
import { mergeResults } from './merge-results';
import { type Results } from './results';

const page = path.join('docs', 'benchmarks.md');
const folder = path.join('docs', 'benchmarks');
const data = path.join(folder, 'results.json');

/**
 * Puts the numbers and pictures of these results into `docs/`; what a section that did not run has there stays.
 *
 * @throws Error where that would put numbers of two machines on one page.
 */
export async function writeDocs(measured: Results, sections: readonly Section[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const results = mergeResults(await readResults(), measured);
  let text = await readFile(page, 'utf8');
  text = replacePart(text, { name: 'machine', content: machineMarkdown(results) });
  for (const result of results.sections) {
    const charts = sections.find(({ name }) => name === result.name)?.charts?.(result.rows) ?? [];
    for (const chart of charts) await writeFile(path.join(folder, `${chart.name}.svg`), chartSvg(chart));
    text = replacePart(text, { name: result.name, content: sectionMarkdown(result, charts) });
  }
  await writeFile(page, await formatted(page, text));
  await writeFile(data, await formatted(data, JSON.stringify(results)));
}

async function readResults(): Promise<Results | undefined> {
  try {
    return JSON.parse(await readFile(data, 'utf8')) as Results;
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw err;
  }
}

async function formatted(file: string, text: string): Promise<string> {
  return format(text, { ...(await resolveConfig(file)), filepath: file });
}
