import { signRequest } from './sign-request';

/** A request that is about to be sent. */
export interface RequestToAuthorize {
  readonly url: URL;
  readonly body: string;
  /** Headers to be signed besides `host` and `x-amz-date`; lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whose key, and for which Region and service, a request is signed with. */
export interface Signer {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly service: string;
}

/** The headers of a POST, with its Signature Version 4 of this moment. */
export function authorize({ url, body, headers = {} }: RequestToAuthorize, signer: Signer): Record<string, string> {
  const { accessKeyId, region, service } = signer;
  const timestamp = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = timestamp.slice(0, 8);
  const signed: Record<string, string> = { ...headers, host: url.host, 'x-amz-date': timestamp };
  const signedHeaders = Object.keys(signed).sort();
  const request = { method: 'POST', target: url.pathname, headers: signed, body: Buffer.from(body) };
  const signature = signRequest(request, { ...signer, day, signedHeaders, timestamp });
  const credential = `Credential=${accessKeyId}/${day}/${region}/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`;
  return { ...headers, 'x-amz-date': timestamp, authorization };
}
