import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/** How late a process came to its timers. */
export interface EventLoopDelay {
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Where the probe writes what it found since it was asked the last time. It is asked by SIGHUP: Temporal takes SIGUSR2. */
export const probeFileVariable = 'ROTOR_BENCH_EVENT_LOOP_FILE';

const resolution = 1;

/** Watches the event loop of this thread. The figures are without the time that the timer itself sleeps. */
export function watchEventLoop(): () => EventLoopDelay {
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  return () => {
    const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolution);
    const delay = { p99Ms: late(histogram.percentile(99)), maxMs: late(histogram.max) };
    histogram.reset();
    return delay;
  };
}

/** Loaded into a worker process before anything else, by `--require`: the process itself knows nothing of it. */
const file = process.env[probeFileVariable];
if (file !== undefined && isMainThread) {
  const take = watchEventLoop();
  process.on('SIGHUP', () => {
    writeFileSync(file, JSON.stringify(take()));
  });
}
