import { type ProofResult } from './run-proof';

/** The results as a table, and below it what failed and what could not be tried. */
export function summaryOf(results: readonly ProofResult[]): string {
  const head = ['proof', 'holds', 'passed', 'failed', 'skipped', 'seconds', 'claim'];
  const rows = results.map(({ name, holds, passed, failed, skipped, seconds, claim }) =>
    [name, holds === 'no' ? 'NO' : holds, passed, failed, skipped.length, seconds, claim].map(String),
  );
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const told = results.flatMap(({ name, failures, skipped }) => [
    ...failures.map((test) => `${name}: failed: ${test}`),
    ...skipped.map((test) => `${name}: skipped: ${test}`),
  ]);
  return [line(head), ...rows.map(line), ...(told.length > 0 ? ['', ...told] : [])].join('\n');
}
