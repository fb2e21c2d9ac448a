import Table from 'cli-table3';
import { type SectionResult } from './results';
import { rowTables } from './row-tables';

/** The tables of a section as text for a terminal. */
export function sectionText({ title, rows, failure }: SectionResult): string {
  const tables = rowTables(rows).map(({ head, numeric, body }) => {
    const colAligns = numeric.map((isNumber) => (isNumber ? 'right' : 'left'));
    const table = new Table({ head: [...head], colAligns, style: { head: [], border: [], compact: true } });
    table.push(...body.map((cells) => [...cells]));
    return table.toString();
  });
  return [`\n${title}`, ...tables, ...(failure === undefined ? [] : [`failed: ${failure}`]), ''].join('\n');
}
