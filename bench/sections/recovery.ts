import { type RotationHandle } from '../../client';
import { defaultAdminPath } from '../../local/secrets-manager';
import { waitUntil } from '../../local/supervisor';
import { rotationId } from '../../rotation/rotation-id';
import { type BenchContext, type Chart, type Row, type Section, type Target, using } from '../section';
import { createTargets } from '../stack/databases';
import { type MortalDatabase, startBenchPostgres } from '../stack/postgres-database';
import { type BenchStack, startBenchStack } from '../stack/start-bench-stack';

/** How long the answer to a write is kept back, so that the step which waits for it can be killed. */
const holdMs = 1_000;
const holdLimitMs = 30_000;

interface Bench {
  readonly stack: BenchStack;
  readonly database: MortalDatabase;
  readonly secretId: string;
}

/** Tells whether the next rotation has come to where it is held. */
type IsHeld = (rotation: RotationHandle) => Promise<boolean>;

interface Outage {
  readonly killed: string;
  readonly target?: Target;
  /** Holds the next rotation in a step that needs what will be killed. */
  readonly hold: (bench: Bench) => Promise<IsHeld>;
  /** Kills it and starts it again. */
  readonly kill: (bench: Bench) => Promise<unknown>;
}

const outages: readonly Outage[] = [
  { killed: 'worker', target: { atMost: 10 }, hold: holdStore, kill: ({ stack }) => stack.servers.worker.kill() },
  { killed: 'Temporal', hold: holdStore, kill: ({ stack }) => stack.servers.temporal.kill() },
  { killed: 'PostgreSQL', hold: holdDatabase, kill: ({ database }) => database.kill() },
];

/** What dies in the middle of a rotation and is started again at once: when the rotation has ended all the same. */
export const recoverySection: Section = {
  name: 'recovery',
  title: 'From kill -9 to the end of the rotation that it held; what was killed is started again at once',
  run: (context) =>
    using(
      () => startBenchStack(context, { endpoint: ['--admin'] }),
      (stack) =>
        using(
          () => startBenchPostgres(stack),
          (database) => runOn(context, { stack, database }),
        ),
    ),
  charts: (rows) => [chart(rows)],
};

async function runOn(context: BenchContext, { stack, database }: Omit<Bench, 'secretId'>): Promise<Row[]> {
  context.onVersion('postgres', database.version);
  const targets = { database, strategy: 'single-user', count: 1, prefix: 'held' } as const;
  const [secretId = ''] = await createTargets(stack, targets);
  await stack.servers.worker.start({});
  await rotate({ stack, secretId });
  return context.repeat(async () => {
    const rows: Row[] = [];
    for (const outage of outages) {
      const value = await secondsToEnd({ stack, database, secretId }, outage);
      rows.push({ of: { killed: outage.killed }, figures: { recovered: { value, unit: 's', target: outage.target } } });
      await rotate({ stack, secretId }); // so that the next outage begins with everything up
    }
    return rows;
  });
}

async function secondsToEnd(bench: Bench, { hold, kill }: Outage): Promise<number> {
  const { stack, secretId } = bench;
  const isHeld = await hold(bench);
  const rotation = await stack.client.rotateSecret({ secretId });
  if (!(await waitUntil(() => isHeld(rotation), { limitMs: holdLimitMs, everyMs: 10 }))) {
    throw new Error('The rotation did not come to the step in which it should be interrupted.');
  }
  const killedAt = performance.now();
  await kill(bench);
  await stack.client.outcome(rotation);
  return (performance.now() - killedAt) / 1_000;
}

async function rotate({ stack, secretId }: Pick<Bench, 'stack' | 'secretId'>): Promise<void> {
  await stack.client.outcome(await stack.client.rotateSecret({ secretId }));
}

/** Secrets Manager keeps the answer to the next write back, and a worker has the step in hand that waits for it. */
async function holdStore({ stack }: Bench): Promise<IsHeld> {
  const { endpointUrl, temporal } = stack;
  const body = JSON.stringify({ kind: 'delay', operation: 'PutSecretValue', ms: holdMs });
  const answer = await fetch(`${endpointUrl}${defaultAdminPath}/faults`, { method: 'POST', body });
  if (!answer.ok) throw new Error(`The endpoint does not take the fault: ${answer.status}.`);
  return async ({ arn, runId }) => {
    const { raw } = await temporal.workflow.getHandle(rotationId(arn), runId).describe();
    return (raw.pendingActivities ?? []).some(
      ({ activityType, lastStartedTime }) => activityType?.name === 'createSecret' && Boolean(lastStartedTime),
    );
  };
}

/** The database lets the change of the password wait for a lock. */
function holdDatabase({ database }: Bench): Promise<IsHeld> {
  return database.holdChanges();
}

function chart(rows: readonly Row[]): Chart {
  return {
    ...{ name: 'recovery', title: 'From kill -9 to the end of the rotation', kind: 'bar', unit: 's' },
    categories: rows.map(({ of }) => of.killed ?? ''),
    series: [{ name: 'recovered', values: rows.map(({ figures }) => figures.recovered?.value) }],
  };
}
