import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { type Section } from '../section';
import { chartSvg } from './chart-svg';
import { machineMarkdown, replacePart, sectionMarkdown } from './markdown';
import { type Results } from './results';

const page = path.join('docs', 'benchmarks.md');
const folder = path.join('docs', 'benchmarks');

/** Puts the numbers and pictures of these results into `docs/`; what a section that did not run has there stays. */
export async function writeDocs(results: Results, sections: readonly Section[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  let text = await readFile(page, 'utf8');
  text = replacePart(text, { name: 'machine', content: machineMarkdown(results) });
  for (const result of results.sections.filter(({ failure }) => failure === undefined)) {
    const charts = sections.find(({ name }) => name === result.name)?.charts?.(result.rows) ?? [];
    for (const chart of charts) await writeFile(path.join(folder, `${chart.name}.svg`), chartSvg(chart));
    text = replacePart(text, { name: result.name, content: sectionMarkdown(result, charts) });
  }
  await writeFile(page, await formatted(page, text));
  const file = path.join(folder, 'results.json');
  await writeFile(file, await formatted(file, JSON.stringify(results)));
}

async function formatted(file: string, text: string): Promise<string> {
  return format(text, { ...(await resolveConfig(file)), filepath: file });
}
