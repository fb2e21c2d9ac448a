import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { type RotorCommand } from './rotor-command';
import { type RotorUnderTest } from './rotor-under-test';

/** What leaves traces beside database servers. */
export interface TraceSources {
  readonly rotor: RotorUnderTest;
  readonly worker: RotorCommand;
  /** Where the Secrets Manager endpoint keeps its journal. */
  readonly secretsFolder: string;
  /** The workflows whose histories are read, each run of them. */
  readonly workflowIds: readonly string[];
}

/** Everything that rotations leave outside of the database servers, by place. */
export async function readTraces(sources: TraceSources): Promise<Record<string, string | Buffer>> {
  const { rotor, worker, secretsFolder } = sources;
  const { databaseFile, logFile } = rotor.servers.temporal;
  const database = await Promise.all(['', '-wal'].map((part) => readFile(`${databaseFile}${part}`)));
  return {
    'workflow histories': await readHistories(sources),
    "Temporal's database": Buffer.concat(database),
    "Temporal's log": await readFile(logFile),
    "the endpoint's journal": await readFile(path.join(secretsFolder, 'journal')),
    "the endpoint's log": JSON.stringify(rotor.endpoint.controls.calls.list()),
    "the worker's output": worker.printed.stdout + worker.printed.stderr,
  };
}

async function readHistories({ rotor, workflowIds }: TraceSources): Promise<string> {
  const histories: string[] = [];
  for (const workflowId of workflowIds) {
    for await (const { runId } of rotor.temporal.workflow.list({ query: `WorkflowId = "${workflowId}"` })) {
      const history = await rotor.temporal.workflow.getHandle(workflowId, runId).fetchHistory();
      histories.push(historyToJSON(history));
    }
  }
  return histories.join('\n');
}
