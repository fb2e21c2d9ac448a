import { timingSafeEqual } from 'node:crypto';
import { frontDoorError } from '../service/front-door-error';
import { type Caller } from '../service/operation';
import { type ServiceError } from '../service/service-error';
import { type RequestToSign, signRequest } from './sign-request';

/** A key pair, and the account whose secrets it reaches. */
export interface AccountCredentials {
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

interface Authorization {
  readonly accessKeyId: string;
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const service = 'secretsmanager';
const validityMs = 5 * 60 * 1000;

/**
 * Tells who signed a request with Signature Version 4. The Region is that of the signature's scope.
 *
 * @throws ServiceError of the front door when the signature is missing, malformed, expired or wrong.
 */
export function authenticate(request: RequestToSign, accounts: readonly AccountCredentials[]): Caller {
  const authorization = readAuthorization(request.headers.authorization);
  const account = accounts.find(({ accessKeyId }) => accessKeyId === authorization.accessKeyId);
  if (account === undefined || request.headers['x-amz-security-token'] !== undefined) {
    throw frontDoorError('UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  checkScope(authorization);
  const timestamp = timestampOf(request);
  checkAge(timestamp, authorization.day);
  const { secretAccessKey, accountId } = account;
  const expected = signRequest(request, { ...authorization, secretAccessKey, timestamp });
  if (!isEqual(expected, authorization.signature)) throw wrongSignature();
  return { accountId, region: authorization.region };
}

function readAuthorization(header: string | undefined): Authorization {
  if (header === undefined || header === '') {
    throw frontDoorError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const [scheme, ...rest] = header.split(' ');
  if (scheme !== 'AWS4-HMAC-SHA256') throw incomplete('Authorization header requires AWS4-HMAC-SHA256.');
  const parts = new Map(rest.join('').split(',').map(nameAndValue));
  const missing = ['Credential', 'SignedHeaders', 'Signature'].filter((name) => (parts.get(name) ?? '') === '');
  if (missing.length > 0) {
    throw incomplete(missing.map((name) => `Authorization header requires '${name}' parameter.`).join(' '));
  }
  const [accessKeyId = '', day = '', region = '', scopeService = '', terminator = ''] = (
    parts.get('Credential') ?? ''
  ).split('/');
  const signedHeaders = (parts.get('SignedHeaders') ?? '').split(';');
  const signature = parts.get('Signature') ?? '';
  return { accessKeyId, day, region, service: scopeService, terminator, signedHeaders, signature };
}

function nameAndValue(part: string): [string, string] {
  const [name = '', ...value] = part.split('=');
  return [name, value.join('=')];
}

function checkScope({ region, service: scopeService, terminator, signedHeaders }: Authorization): void {
  if (!/^[a-z0-9-]+$/.test(region)) throw badScope('Credential should be scoped to a valid region.');
  if (scopeService !== service) throw badScope(`Credential should be scoped to correct service: '${service}'.`);
  if (terminator !== 'aws4_request') {
    throw badScope("Credential should be scoped with a valid terminator: 'aws4_request'.");
  }
  if (!signedHeaders.includes('host')) throw badScope("'Host' must be a 'SignedHeader' in the AWS Authorization.");
}

function timestampOf({ headers }: RequestToSign): string {
  const given = headers['x-amz-date'];
  if (given !== undefined) return given;
  const date = Date.parse(headers.date ?? '');
  if (Number.isNaN(date)) {
    throw incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  }
  return basicFormat(date);
}

/** Always by the real time: the clock that tests set is the service's, not the one clients sign by. */
function checkAge(timestamp: string, day: string): void {
  const signedAt = parseBasicFormat(timestamp);
  if (Number.isNaN(signedAt)) throw incomplete('Date must be in ISO-8601 basic format.');
  if (!timestamp.startsWith(day))
    throw badScope('Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.');
  const now = Date.now();
  const [server, oldest, newest] = [basicFormat(now), basicFormat(now - validityMs), basicFormat(now + validityMs)];
  if (signedAt < now - validityMs) {
    throw badScope(`Signature expired: ${timestamp} is now earlier than ${oldest} (${server} - 5 min.)`);
  }
  if (signedAt > now + validityMs) {
    throw badScope(`Signature not yet current: ${timestamp} is still later than ${newest} (${server} + 5 min.)`);
  }
}

function parseBasicFormat(timestamp: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(timestamp) ?? [];
  return Date.parse(`${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`);
}

function basicFormat(moment: number): string {
  return new Date(moment).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function isEqual(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function incomplete(message: string): ServiceError {
  return frontDoorError('IncompleteSignature', message);
}

function badScope(message: string): ServiceError {
  return frontDoorError('InvalidSignatureException', message);
}

function wrongSignature(): ServiceError {
  return badScope(
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  );
}
