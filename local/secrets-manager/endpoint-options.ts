import { type RotationFunctionSource } from './rotator/rotation-function';
import { type AccountCredentials } from './wire/authenticate';

/** A key pair that requests are signed with. */
export interface LocalCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * The key pair that an endpoint accepts unless it is given another. It is public and opens nothing but local endpoints.
 */
export const defaultCredentials: LocalCredentials = {
  accessKeyId: 'ROTORLOCALACCESSKEY0',
  secretAccessKey: 'rotor-local-secret-access-key-0000000000',
};

/** The account that secrets belong to unless told otherwise. */
export const defaultAccountId = '000000000000';

/** The Region that clients are told to use unless told otherwise. */
export const defaultRegion = 'us-east-1';

/** Where the test controls are served, where they are. */
export const defaultAdminPath = '/_rotor/secrets-manager';

/** How an endpoint is started. Everything has a default. */
export interface SecretsManagerOptions {
  /** Where the secrets are kept. Absent: in memory only, gone with the process. */
  readonly folder?: string | undefined;
  /** 32 bytes in base64 that the journal is encrypted with. Absent: a key file of mode 0600 in the folder. */
  readonly encryptionKey?: string | undefined;
  /** @defaultValue `127.0.0.1` */
  readonly host?: string | undefined;
  /** 0 takes a free one. @defaultValue 0 */
  readonly port?: number | undefined;
  /** Allows a host that is not loopback. The protocol is plain HTTP: values would cross the network in clear. */
  readonly allowRemote?: boolean | undefined;
  /** @defaultValue {@link defaultCredentials} */
  readonly credentials?: LocalCredentials | undefined;
  /** Further accounts, to see what another account sees. */
  readonly otherAccounts?: readonly AccountCredentials[] | undefined;
  /** The Region that clients are told to use; each Region that requests are signed for has its own secrets. */
  readonly region?: string | undefined;
  /** Serves the test controls over HTTP under this path. Absent: they are not served. */
  readonly adminPath?: string | undefined;
  /** Keeps a log of calls, without values, for the test controls. @defaultValue true */
  readonly logCalls?: boolean | undefined;
  /**
   * Answers ThrottlingException beyond this share of the service's quotas: 1 for the whole, less for what others of the
   * account leave. Absent: they are not enforced.
   */
  readonly enforceQuotas?: number | undefined;
  /** Where rotation functions are. Absent: none can be invoked. */
  readonly rotationFunction?: RotationFunctionSource | undefined;
  /** Waits before a failed rotation is tried again; after the last one it is given up. */
  readonly rotationRetryWaitsMs?: readonly number[] | undefined;
  /** How long one step of a rotation may take. @defaultValue 60000 */
  readonly rotationStepTimeoutMs?: number | undefined;
  /** How long a client may take to send a request. @defaultValue 30000 */
  readonly requestTimeoutMs?: number | undefined;
  /** The time, in milliseconds since 1970. Signatures are always checked by the real time. */
  readonly now?: (() => number) | undefined;
}

/** Thrown when an endpoint is asked for in a way that is refused; nothing was started. */
export class SecretsManagerOptionsError extends Error {
  override readonly name = 'SecretsManagerOptionsError';
}

/**
 * Refuses what is dangerous: an address that others can reach, unless that is allowed, and a key that looks like one of
 * a real AWS account.
 *
 * @throws SecretsManagerOptionsError
 */
export function checkOptions({
  host = '127.0.0.1',
  allowRemote = false,
  credentials,
  adminPath,
}: SecretsManagerOptions): void {
  if (!allowRemote && !/^(127(\.\d{1,3}){3}|::1|localhost)$/.test(host)) {
    throw new SecretsManagerOptionsError(
      `The host ${host} is not loopback; listening there has to be allowed explicitly.`,
    );
  }
  if (/^A[A-Z]{3}[A-Z0-9]{16}$/.test(credentials?.accessKeyId ?? '')) {
    throw new SecretsManagerOptionsError(
      'The access key id looks like one of a real AWS account. Use made-up keys for the local endpoint.',
    );
  }
  if (adminPath !== undefined && !/^\/[A-Za-z0-9_\-./]+$/.test(adminPath)) {
    throw new SecretsManagerOptionsError('The admin path must begin with / and have at least one more character.');
  }
}
