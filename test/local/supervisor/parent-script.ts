/**
 * A parent with two servers: prints their pids and its guardian's as JSON, and then, as its second argument says, stays,
 * ends, or crashes. Its first argument is the supervisor's folder.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { startSupervisor } from '../../../local/supervisor';

async function main(folder: string, then: string): Promise<void> {
  const supervisor = await startSupervisor({ folder });
  const servers = ['first', 'second'].map((name) =>
    supervisor.start({ name, command: 'sleep', args: ['600'], logFile: path.join(folder, `${name}.log`) }),
  );
  const pids = (await Promise.all(servers)).map(({ pid }) => pid);
  const guardian = JSON.parse(readFileSync(path.join(folder, 'guardian.json'), 'utf8')) as { pid: number };
  console.log(JSON.stringify({ guardian: guardian.pid, servers: pids }));

  if (then === 'stay') setInterval(() => undefined, 60_000); // whatever becomes of its guardian
  if (then === 'end') process.exit();
  if (then === 'crash') throw new Error('crashed on purpose');
}

void main(process.argv[2] ?? '', process.argv[3] ?? 'stay');
