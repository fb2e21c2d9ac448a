import { readFile } from 'node:fs/promises';

/** The last lines of a log, for a message about the server that wrote it; empty when there is no log. */
export async function lastLines(logFile: string, count = 12): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
