import { type SupervisedProcess, type Supervisor } from '../supervisor';
import { findTemporal, startTemporal } from '../temporal';
import { type StackEnvironment } from './stack-file';
import { type StackOptions } from './stack-options';

/** The Temporal server that the stack works with. */
export interface StackTemporal {
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string | undefined;
  readonly environment: StackEnvironment;
  /** The server of our own; absent for one that was there before. */
  readonly process?: SupervisedProcess;
  /** Resolves with a sentence when a server of our own ends unasked. */
  readonly ended?: Promise<string>;
}

/** The server that `TEMPORAL_ADDRESS` names, else one of our own. */
export async function temporalFor(options: StackOptions, supervisor: Supervisor): Promise<StackTemporal> {
  const { env, home, ports, onProgress } = options;
  const namespace = env.TEMPORAL_NAMESPACE ?? 'default';
  if (env.TEMPORAL_ADDRESS !== undefined && env.TEMPORAL_ADDRESS !== '') {
    return { ...described(env.TEMPORAL_ADDRESS, namespace), uiUrl: undefined };
  }
  const { path: executable } = await findTemporal({ env, onProgress });
  const server = await startTemporal({
    supervisor,
    executable,
    home,
    port: ports.temporal,
    namespace,
    ...(ports.ui === undefined ? {} : { uiPort: ports.ui }),
  });
  const ended = server.process.exited.then(() => `Temporal ended by itself: see ${server.logFile}`);
  return { ...described(server.address, namespace), uiUrl: server.uiUrl, process: server.process, ended };
}

function described(address: string, namespace: string): Pick<StackTemporal, 'address' | 'namespace' | 'environment'> {
  return { address, namespace, environment: { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } };
}
