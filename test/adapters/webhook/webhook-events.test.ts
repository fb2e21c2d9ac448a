import { webcrypto } from 'node:crypto';
import { WebhookEvents } from '../../../adapters/webhook';
import { EventRefusedError, EventUndeliveredError } from '../../../rotation/errors';
import { Sensitive } from '../../../rotation/sensitive';
import { collectGarbage } from '../../support/collect-garbage';
import { documentedCheck } from '../../support/events-docs';
import { HttpReceiver, type ReceivedPost, type ReceiverAnswer } from '../../support/http-receiver';
import { rotationEvent } from '../../support/rotation-event';
import { CertificateAuthority } from '../postgres/test-certificates';

const key = 'first-key-of-more-than-32-characters';
const nextKey = 'second-key-of-more-than-32-characters';
const isFromRotor = documentedCheck();

let receiver: HttpReceiver;

beforeEach(async () => {
  receiver = await HttpReceiver.start();
});

afterEach(() => receiver.close());

/** Tells an event, to the receiver unless another URL is given. */
function publish({
  url = receiver.url,
  keys = [key],
  signal = new AbortController().signal,
  limitMs = 500,
} = {}): Promise<void> {
  const target = { url: new URL(url), keys: keys.map((text) => new Sensitive(text)) };
  return new WebhookEvents({ ...target, signal, limitMs }).publish(rotationEvent());
}

function failureOf(answer: ReceiverAnswer, url = receiver.url): Promise<unknown> {
  receiver.answer = () => answer;
  return publish({ url }).catch((err: unknown) => err);
}

/** A post that arrived, as a receiver checks it. */
async function receivedPost(keys: string[] = [key]): Promise<ReceivedPost & { header: string }> {
  await publish({ keys });
  const [post] = receiver.posts;
  if (!post) throw new Error('nothing arrived');
  return { ...post, header: String(post.headers['rotor-signature']) };
}

describe('the signature', () => {
  test('is the HMAC-SHA-256 of time and body, computed by another implementation', async () => {
    const { header, body } = await receivedPost();

    const [, time = '', signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header) ?? [];
    const algorithm = { name: 'HMAC', hash: 'SHA-256' };
    const imported = await webcrypto.subtle.importKey('raw', Buffer.from(key), algorithm, false, ['sign']);
    const expected = await webcrypto.subtle.sign('HMAC', imported, Buffer.from(`${time}.${body}`));
    expect(signature).toBe(Buffer.from(expected).toString('hex'));
    expect(Math.abs(Number(time) - Date.now() / 1_000)).toBeLessThan(5);
  });

  test('passes the documented check', async () => {
    expect(isFromRotor({ ...(await receivedPost()), key })).toBe(true);
  });

  test('does not fit another body, key, time or signature', async () => {
    const post = await receivedPost();
    const later = `t=${Math.floor(Date.now() / 1_000) + 1}`;

    const changed = [
      { ...post, key, body: post.body.replace('RotationStarted', 'RotationSucceeded') },
      { ...post, key: nextKey },
      { ...post, key, header: post.header.replace(/t=\d+/, later) },
      { ...post, key, header: post.header.replace(/v1=../, 'v1=zz') },
      { ...post, key, header: post.header.replace(/,v1=.*/, '') },
      { ...post, key, header: '' },
    ];

    expect(changed.map(isFromRotor)).toEqual([false, false, false, false, false, false]);
  });

  test('is refused when the request is sent again after five minutes', async () => {
    const post = await receivedPost();

    expect(isFromRotor({ ...post, key, now: Date.now() + 299_000 })).toBe(true);
    expect(isFromRotor({ ...post, key, now: Date.now() + 302_000 })).toBe(false);
    expect(isFromRotor({ ...post, key, now: Date.now() - 302_000 })).toBe(false);
  });

  test('is there for each of two keys while receivers change', async () => {
    const post = await receivedPost([key, nextKey]);

    expect(isFromRotor({ ...post, key })).toBe(true);
    expect(isFromRotor({ ...post, key: nextKey })).toBe(true);
    expect(isFromRotor({ ...post, key: `${key}?` })).toBe(false);
  });
});

test('an event is posted as JSON to the whole URL', async () => {
  await publish({ url: `${receiver.url}/hooks/rotor?team=payments` });

  expect(receiver.posts[0]?.path).toBe('/hooks/rotor?team=payments');
  expect(receiver.posts[0]?.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'rotor' });
});

test('a user and a password in the URL are sent as basic authentication', async () => {
  await publish({ url: receiver.url.replace('http://', 'http://us%C3%A9r:p%40ss@') });

  const expected = Buffer.from('usér:p@ss').toString('base64');
  expect(receiver.posts[0]?.headers.authorization).toBe(`Basic ${expected}`);
});

test.each([301, 302, 307, 308])('a redirect by %i is not followed', async (status) => {
  const elsewhere = await HttpReceiver.start();

  const failure = await failureOf({ status, headers: { location: elsewhere.url } });

  expect(failure).toBeInstanceOf(EventUndeliveredError);
  expect(elsewhere.posts).toEqual([]);
  await elsewhere.close();
});

test.each([200, 201, 202, 204, 299])('%i is a success, whatever comes with it', async (status) => {
  receiver.answer = () => ({ status, ...(status === 204 ? {} : { body: '{"error":"not really"}' }) });

  await expect(publish()).resolves.toBeUndefined();
});

test('a success whose body never ends is one', async () => {
  receiver.answer = () => 'endless';

  await expect(publish()).resolves.toBeUndefined();
});

test.each([401, 403, 404, 405, 407, 408, 425, 429, 451, 500, 502, 503, 504])('%i may pass', async (status) => {
  expect(await failureOf({ status })).toBeInstanceOf(EventUndeliveredError);
});

test.each([400, 410, 413, 422])('%i is for good', async (status) => {
  expect(await failureOf({ status })).toBeInstanceOf(EventRefusedError);
});

test.each([
  ['7', 7_000],
  ['0', 1_000],
  ['86400', 300_000],
  ['Wed, 21 Oct 2015 07:28:00 GMT', 1_000],
  ['soon', undefined],
])('Retry-After: %s', async (header, retryAfterMs) => {
  expect(await failureOf({ status: 503, headers: { 'retry-after': header } })).toMatchObject({ retryAfterMs });
});

test('a date of Retry-After is waited for', async () => {
  const inAMinute = new Date(Date.now() + 60_000).toUTCString();

  const failure = await failureOf({ status: 429, headers: { 'retry-after': inAMinute } });

  const { retryAfterMs } = failure as EventUndeliveredError;
  expect(retryAfterMs).toBeGreaterThan(55_000);
  expect(retryAfterMs).toBeLessThanOrEqual(60_000);
});

test('a receiver that is silent is given up after the time limit, and the failure says so', async () => {
  expect(String(await failureOf('silence'))).toContain('does not answer (timeout)');
});

test('the time limit outlives a collection of garbage', async () => {
  const end = collectGarbage();

  expect(String(await failureOf('silence').finally(end))).toContain('does not answer (timeout)');
});

test('a call under way ends when the signal aborts, with its reason', async () => {
  const controller = new AbortController();
  const reason = new Error('the worker stops');
  receiver.answer = () => {
    controller.abort(reason);
    return 'silence';
  };

  await expect(publish({ signal: controller.signal, limitMs: 60_000 })).rejects.toBe(reason);
});

test('a certificate of an unknown authority is not trusted', async () => {
  const { certificate: cert, key: privateKey } = new CertificateAuthority().issue({ addresses: ['127.0.0.1'] });
  const secure = await HttpReceiver.start({ key: privateKey, cert });

  const failure: unknown = await publish({ url: secure.url }).catch((err: unknown) => err);

  expect(failure).toBeInstanceOf(EventUndeliveredError);
  expect(String(failure)).toMatch(/UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED|UNABLE_TO_GET_ISSUER/);
  expect(secure.posts).toEqual([]);
  await secure.close();
});

test.each<ReceiverAnswer>([{ status: 400 }, { status: 503 }, 'close'])(
  'a failure after %p names the receiver, and nothing of the URL that may be secret',
  async (answer) => {
    const url = receiver.url.replace('http://', 'http://user:canary-1@');

    const failure = await failureOf(answer, `${url}/canary-2?token=canary-3`);

    expect(String(failure)).toContain(receiver.url);
    expect(`${String(failure)} ${JSON.stringify(failure)} ${String((failure as Error).stack)}`).not.toContain('canary');
  },
);
