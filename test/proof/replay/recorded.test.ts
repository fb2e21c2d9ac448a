import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import { eventSinks } from '../../../worker/event-sinks';

const recordings = path.join(__dirname, '../../histories');
const files = readdirSync(recordings).filter((name) => name.endsWith('.json'));

interface History {
  readonly events: readonly { readonly eventType: string }[];
}

const logger = new DefaultLogger('ERROR');
let workflowBundle: WorkflowBundle;

beforeAll(async () => {
  Runtime.install({ logger });
  workflowBundle = await bundleWorkflowCode({ workflowsPath: require.resolve('../../../workflows'), logger });
});

/** A history as it was at the beginning of each of its workflow tasks but the first, and at its end. */
function stopsOf(file: string): History[] {
  const { events } = JSON.parse(readFileSync(path.join(recordings, file), 'utf8')) as History;
  const tasks = events.flatMap(({ eventType }, at) => (eventType === 'EVENT_TYPE_WORKFLOW_TASK_STARTED' ? [at] : []));
  return [...tasks.slice(1).map((at) => ({ events: events.slice(0, at + 1) })), { events }];
}

test.each(files)('%s, which an earlier build recorded, replays wherever it stood', async (file) => {
  const stops = stopsOf(file);
  const histories = stops.map((history, at) => ({ workflowId: `${file} ${at}`, history }));
  const errors: unknown[] = [];

  const replays = Worker.runReplayHistories({ workflowBundle, sinks: eventSinks() }, histories);
  for await (const { workflowId, error } of replays) errors.push(...(error ? [{ workflowId, error }] : []));

  expect(stops.length).toBeGreaterThan(1);
  expect(errors).toEqual([]);
});
