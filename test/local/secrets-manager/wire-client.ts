import { request } from 'node:http';
import { signRequest } from '../../../local/secrets-manager/wire/sign-request';

/** What was answered, whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Record<string, unknown>;
}

export interface Address {
  readonly url: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Sends bytes, unsigned, as they are. */
export async function sendRaw(
  url: string,
  { method = 'POST', headers, body }: { method?: string; headers: Record<string, string>; body: string | Buffer },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const parsed = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parsed });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The headers of a signed request for an operation. */
export function signedHeaders(
  { url, region, credentials }: Address,
  {
    target,
    body,
    at = new Date(),
    extra = {},
  }: { target: string; body: string; at?: Date; extra?: Record<string, string> },
): Record<string, string> {
  const timestamp = at.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const headers: Record<string, string> = {
    'content-type': 'application/x-amz-json-1.1',
    host: new URL(url).host,
    'x-amz-date': timestamp,
    'x-amz-target': target,
    ...extra,
  };
  const signed = Object.keys(headers).sort();
  const scope = { day: timestamp.slice(0, 8), region, service: 'secretsmanager', timestamp, signedHeaders: signed };
  const { secretAccessKey, accessKeyId } = credentials;
  const signature = signRequest(
    { method: 'POST', target: '/', headers, body: Buffer.from(body) },
    { ...scope, secretAccessKey },
  );
  const credential = `${accessKeyId}/${scope.day}/${region}/secretsmanager/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signed.join(';')}, Signature=${signature}`;
  return { ...headers, authorization };
}

/** Calls an operation with a signed request. */
export async function callOperation(
  address: Address,
  { operation, input }: { operation: string; input: unknown },
): Promise<Answer> {
  const body = JSON.stringify(input);
  return sendRaw(address.url, {
    headers: signedHeaders(address, { target: `secretsmanager.${operation}`, body }),
    body,
  });
}
