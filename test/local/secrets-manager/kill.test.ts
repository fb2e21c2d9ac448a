import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressOf, removeProgram, type RunningProgram, startProgram } from './running-program';
import { until } from './scenario';
import { type Address, type Answer, callOperation } from './wire-client';

interface Acknowledged {
  readonly name: string;
  readonly token: string;
  readonly value: string;
}

/** Enough to be killed in the middle of many things. */
const rounds = 8;
const writers = 8;

describe('an endpoint killed with SIGKILL', () => {
  let folder: string;
  let program: RunningProgram;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rotor-kill-'));
  });

  afterEach(async () => {
    program.child.kill('SIGKILL');
    await program.ended;
    await rm(folder, { recursive: true });
  });

  afterAll(removeProgram);

  async function start(): Promise<Address> {
    program = await startProgram(['--port', '0', '--folder', folder]);
    return addressOf(program);
  }

  async function kill(): Promise<void> {
    program.child.kill('SIGKILL');
    expect(await program.ended).toBe('SIGKILL');
  }

  it('loses nothing between two requests', async () => {
    const kept: Acknowledged[] = [];
    for (let round = 0; round < 3; round += 1) {
      const address = await start();
      const made = { name: `between/${round}`, token: randomUUID(), value: `value ${round}` };
      expect((await create(address, made)).status).toBe(200);
      kept.push(made);
      await kill();
    }

    const address = await start();

    for (const one of kept) expect(await valueOf(address, one)).toBe(one.value);
  });

  it('loses nothing that was acknowledged while requests were under way', async () => {
    const acknowledged: Acknowledged[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const address = await start();
      const atStart = acknowledged.length;
      let isKilled = false;
      const write = async (writer: number): Promise<void> => {
        for (let count = 0; !isKilled; count += 1) {
          const one = {
            name: `during/${round}/${writer}/${count}`,
            token: randomUUID(),
            value: randomUUID().repeat(20),
          };
          const answer = await create(address, one).catch(() => undefined);
          if (answer?.status === 200) acknowledged.push(one);
        }
      };
      const writing = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
      await until(() => acknowledged.length > atStart + 20 * (round + 1), 'nothing was written');
      await kill();
      isKilled = true;
      await writing;
    }

    const address = await start();

    const values = await Promise.all(acknowledged.map((one) => valueOf(address, one)));
    expect(values).toEqual(acknowledged.map(({ value }) => value));
  });
});

function create(address: Address, { name, token, value }: Acknowledged): Promise<Answer> {
  const input = { Name: name, ClientRequestToken: token, SecretString: value };
  return callOperation(address, { operation: 'CreateSecret', input });
}

async function valueOf(address: Address, { name, token }: Acknowledged): Promise<unknown> {
  const input = { SecretId: name, VersionId: token };
  return (await callOperation(address, { operation: 'GetSecretValue', input })).body.SecretString;
}
