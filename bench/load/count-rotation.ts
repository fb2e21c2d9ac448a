import { type RotationHandle } from '../../client';
import { median } from '../report/medians';
import { type Figure, using } from '../section';
import { createTargets, type Targets } from '../stack/databases';
import { type BenchStack } from '../stack/start-bench-stack';
import { CallCounter, totalCalls } from './call-counter';
import { startCountingProxy } from './counting-proxy';
import { historySize, type HistorySize } from './histories';
import { counted, type PortCalls, realDeps, rotateInProcess } from './in-process';
import { rotateMany } from './rotate-many';

const rotations = 4;
const mostPostgresConnections = 4;

type Counts = Readonly<Record<string, Figure>>;

/**
 * What one rotation asks of whom: calls of the two ports, requests to Secrets Manager, connections and round trips to the
 * database, events in the history. Counted in one that follows others, so that both users of a pair exist.
 */
export async function countRotation(
  stack: BenchStack,
  target: Pick<Targets, 'database' | 'strategy'>,
): Promise<Counts> {
  const { database, strategy } = target;
  return using(
    () => startCountingProxy(database),
    async (proxy) => {
      const prefix = `${database.engine}_count_${strategy.charAt(0)}`;
      const [name = ''] = await createTargets(stack, { ...target, count: 1, prefix, address: proxy.address });
      const load = { secretIds: [name], atATime: 1 };
      await rotateMany(stack, { ...load, rotations: 2 });
      const requests = new CallCounter(stack);
      await requests.take();
      proxy.take();
      const counted = await rotateMany(stack, { ...load, rotations });
      const { connections, roundTrips } = proxy.take();
      const { calls } = totalCalls(await requests.take());
      const ports = await countPorts(stack, { name, target });
      return {
        'store calls': plain(ports.store),
        'engine calls': plain(ports.engine),
        'AWS requests': plain(calls / rotations),
        connections: { ...plain(connections / rotations), ...connectionTarget(target) },
        'round trips': plain(roundTrips / rotations),
        ...(await historyFigures(stack, counted.rotations)),
      };
    },
  );
}

async function countPorts(
  { secretsManager }: BenchStack,
  { name, target }: { name: string; target: Pick<Targets, 'strategy' | 'database'> },
): Promise<PortCalls> {
  const calls = { store: 0, engine: 0 };
  const { strategy, database } = target;
  const superuser =
    strategy === 'multiple-credentials' ? { superuserSecretId: `bench/${database.engine}_count_m` } : {};
  const deps = counted(realDeps(secretsManager), calls);
  await rotateInProcess(deps, { name, configuration: { strategy, ...superuser } });
  return calls;
}

async function historyFigures(stack: BenchStack, handles: readonly RotationHandle[]): Promise<Counts> {
  const sizes = await Promise.all(handles.map((handle) => historySize(stack, handle)));
  const middle = (member: keyof HistorySize): Figure => plain(median(sizes.map((size) => size[member])));
  return { events: middle('events'), 'workflow tasks': middle('workflowTasks'), activities: middle('activities') };
}

function connectionTarget({ database, strategy }: Pick<Targets, 'database' | 'strategy'>): Pick<Figure, 'target'> {
  const isBounded = database.engine === 'postgres' && strategy === 'single-user';
  return isBounded ? { target: { atMost: mostPostgresConnections } } : {};
}

function plain(value: number): Figure {
  return { value, unit: '' };
}
