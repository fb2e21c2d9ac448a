import { type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createSecretsManagerClient } from '../../adapters/secrets-manager';
import { type RotorUnderTest } from './rotor-under-test';
import { StoreGate } from './store-gate';
import { TcpProxy } from './tcp-proxy';

/** One way in which a Secrets Manager is away, until its network forwards again. */
export interface StoreOutage {
  readonly what: string;
  readonly begin: (store: FailingStore) => Promise<void> | void;
}

/** The ways in which a Secrets Manager is away. */
export const storeOutages: readonly StoreOutage[] = [
  { what: 'stopped', begin: ({ network }) => network.refuse() },
  {
    what: 'frozen',
    begin: ({ network }: FailingStore): void => {
      network.swallow();
    },
  },
];

/** A suite's Secrets Manager as its worker sees it: it can be taken away, also in the middle of a call. */
export class FailingStore {
  private constructor(
    /** What a worker is given. */
    readonly client: SecretsManagerClient,
    readonly network: TcpProxy,
    /** Beyond the network. */
    readonly gate: StoreGate,
  ) {}

  static async start({ endpoint }: Pick<RotorUnderTest, 'endpoint'>): Promise<FailingStore> {
    const gate = await StoreGate.start(endpoint.url);
    const { hostname: host, port } = new URL(gate.url);
    const network = await TcpProxy.start({ host, port: Number(port) });
    const { region, credentials } = endpoint;
    const client = createSecretsManagerClient({ endpoint: `http://127.0.0.1:${network.port}`, region, credentials });
    return new FailingStore(client, network, gate);
  }

  /** The next such call about a secret has its effect; then the outage begins, and the answer is lost. */
  breakAfter({ arn, operation: awaited }: { arn: string; operation: string }, { begin }: StoreOutage): void {
    let isOver = false;
    this.gate.interrupt(arn, async ({ operation, answer }) => {
      if (operation === awaited && !isOver) {
        isOver = true;
        await begin(this);
      }
      return answer;
    });
  }

  async stop(): Promise<void> {
    this.client.destroy();
    await this.network.close();
    await this.gate.close();
  }
}
