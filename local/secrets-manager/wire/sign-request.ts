import { createHash, createHmac } from 'node:crypto';

/** The parts of a request that a Signature Version 4 covers. */
export interface RequestToSign {
  readonly method: string;
  /** Path and query, as in the request line. */
  readonly target: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** Under which key, for which day, Region and service, and over which headers a signature is made. */
export interface SigningScope {
  readonly secretAccessKey: string;
  /** `20261120` */
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  /** `20261120T101500Z` */
  readonly timestamp: string;
}

const keyCacheSize = 64;
const keys = new Map<string, Buffer>();

/** The Signature Version 4 of a request, in hex. */
export function signRequest(request: RequestToSign, scope: SigningScope): string {
  const { day, region, service, timestamp } = scope;
  const digest = sha256(canonicalRequest(request, scope.signedHeaders));
  const text = ['AWS4-HMAC-SHA256', timestamp, `${day}/${region}/${service}/aws4_request`, digest].join('\n');
  return hmac(signingKey(scope), text).toString('hex');
}

function canonicalRequest({ method, target, headers, body }: RequestToSign, signedHeaders: readonly string[]): string {
  const [path = '/', query = ''] = target.split('?', 2);
  const lines = signedHeaders.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/\s+/g, ' ')}\n`);
  return [
    method,
    canonicalPath(path),
    canonicalQuery(query),
    lines.join(''),
    signedHeaders.join(';'),
    sha256(body),
  ].join('\n');
}

/** Every segment is encoded once more than it travels. */
function canonicalPath(path: string): string {
  return path === '/' ? path : path.split('/').map(encodeStrictly).join('/');
}

function canonicalQuery(query: string): string {
  if (query === '') return '';
  const pairs = [...new URLSearchParams(query)].map(
    ([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(value)}`,
  );
  return pairs.sort().join('&');
}

function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function signingKey({ secretAccessKey, day, region, service }: SigningScope): Buffer {
  const name = [secretAccessKey, day, region, service].join('\n');
  const known = keys.get(name);
  if (known !== undefined) return known;
  const key = [day, region, service, 'aws4_request'].reduce(hmac, Buffer.from(`AWS4${secretAccessKey}`));
  if (keys.size >= keyCacheSize) keys.clear();
  keys.set(name, key);
  return key;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
