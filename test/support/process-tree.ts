import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { errorCode, isRunning, type ProcessIdentity } from '../../local/supervisor';

/** The processes that a supervisor's folder lists: its guardian and its servers, as they are written down now. */
export function listedProcesses(folder: string): ProcessIdentity[] {
  const servers = path.join(folder, 'processes');
  const records = readdirSync(servers).filter((name) => name.endsWith('.json'));
  return [path.join(folder, 'guardian.json'), ...records.map((name) => path.join(servers, name))].flatMap(readIfThere);
}

/** A server that ends takes its record with it, also between two looks. */
function readIfThere(file: string): ProcessIdentity[] {
  try {
    return [JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity];
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The server of this name, as it is written down now. */
export function listedProcess(folder: string, name: string): ProcessIdentity {
  return JSON.parse(readFileSync(path.join(folder, 'processes', `${name}.json`), 'utf8')) as ProcessIdentity;
}

/** Those of the processes that still run. */
export function living(processes: readonly ProcessIdentity[]): number[] {
  return processes.filter(isRunning).map(({ pid }) => pid);
}
