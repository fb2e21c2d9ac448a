import { type Chart } from '../section';
import { type Results, type SectionResult } from './results';
import { rowTables, type RowTable } from './row-tables';

/** What the numbers were measured on, in words. */
export function machineMarkdown({ machine, versions, quick }: Results): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const what = quick ? 'Short runs: the numbers say little. ' : '';
  return [
    `${what}${machine.cores} × ${machine.cpu}, ${machine.memoryGib} GiB, ${machine.os}, Node ${machine.node}; `,
    `${named.join(', ')}.`,
  ].join('');
}

/** The pictures and tables of a section, and how often and when it was measured. */
export function sectionMarkdown(
  { rows, runs, startedAt }: Pick<SectionResult, 'rows' | 'runs' | 'startedAt'>,
  charts: readonly Chart[],
): string {
  const often = runs === 1 ? 'One run' : `Medians of ${runs} runs`;
  const pictures = charts.map(({ name, title }) => `![${title}](benchmarks/${name}.svg)`);
  return [`${often}, ${startedAt.slice(0, 10)}.`, ...pictures, ...rowTables(rows).map(tableMarkdown)].join('\n\n');
}

/**
 * Puts text in the place of what stands between the two comments that name a part.
 *
 * @throws Error where there is no such part
 */
export function replacePart(text: string, { name, content }: { name: string; content: string }): string {
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`There is no place for "${name}" between ${begin} and ${end}.`);
  return `${text.slice(0, from)}${begin}\n\n${content}\n\n${text.slice(to)}`;
}

function tableMarkdown({ head, numeric, body }: RowTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(numeric.map((isNumber) => (isNumber ? '---:' : '---'))), ...body.map(line)].join('\n');
}
