/** Writes results: lines on stdout. Everything else that a command says goes to stderr. */
export function print(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}
