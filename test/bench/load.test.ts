import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { totalCalls } from '../../bench/load/call-counter';
import { startCountingProxy } from '../../bench/load/counting-proxy';
import { growth } from '../../bench/load/growth';
import { quotaShare } from '../../bench/load/quota-share';
import { runLoad } from '../../bench/load/rotate-many';

test('3,000 writes take 59 seconds at the quota, and half of it when they take twice as long', () => {
  expect(quotaShare({ writes: 3_000, seconds: 59 })).toBe(1);
  expect(quotaShare({ writes: 3_000, seconds: 118 })).toBe(0.5);
  expect(quotaShare({ writes: 3_000, seconds: 239, share: 0.25 })).toBe(1);
});

test('growth compares the last quarter with the second: the first is for warming up', () => {
  expect(growth([1, 9, 100, 100, 50, 50, 110, 110])).toBeCloseTo(0.1);
  expect(growth([500, 500, 100, 100, 100, 100, 100, 100])).toBe(0);
});

test('calls are summed over the operations that are asked for', () => {
  const counts = new Map([
    ['PutSecretValue', { calls: 5, throttled: 1 }],
    ['UpdateSecretVersionStage', { calls: 7, throttled: 2 }],
    ['GetSecretValue', { calls: 9, throttled: 0 }],
  ]);

  expect(totalCalls(counts, ['PutSecretValue', 'UpdateSecretVersionStage', 'UpdateSecret'])).toEqual({
    calls: 12,
    throttled: 3,
  });
  expect(totalCalls(counts).calls).toBe(21);
});

test('lanes keep to secrets of their own, so that no secret is rotated twice at once', async () => {
  const open = new Set<string>();
  const seen: string[] = [];
  const rotate = async (secretId: string): Promise<void> => {
    expect(open.has(secretId)).toBe(false);
    open.add(secretId);
    await new Promise((resolve) => setImmediate(resolve));
    open.delete(secretId);
    seen.push(secretId);
  };

  const { durationsMs } = await runLoad({ secretIds: ['a', 'b', 'c', 'd'], atATime: 2, rotations: 8 }, rotate);

  expect(durationsMs).toHaveLength(8);
  expect(seen.sort()).toEqual(['a', 'a', 'b', 'b', 'c', 'c', 'd', 'd']);
});

test('the proxy counts connections and questions that were answered, and neither greetings nor farewells', async () => {
  const server = createServer((socket) => {
    socket.write('greeting');
    socket.on('data', (data) => {
      if (String(data) === 'question') socket.write('answer');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await startCountingProxy({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  const client = connect(proxy.address);
  await once(client, 'data');
  for (let turn = 0; turn < 2; turn++) {
    client.write('question');
    await once(client, 'data');
  }
  client.end('farewell');
  await once(client, 'close');

  expect(proxy.take()).toEqual({ connections: 1, roundTrips: 2 });
  expect(proxy.take()).toEqual({ connections: 0, roundTrips: 0 });

  await proxy.close();
  server.close();
});
