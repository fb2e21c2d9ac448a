import { TargetUnavailableError, TlsFailedError } from '../../rotation/errors';
import { type FailureRule } from './failure-rule';

/** The driver gives every failure of TLS one code; what it was is only in Node's text. */
const handshake = ['HANDSHAKE_SSL_ERROR'];

/** What goes wrong between the greeting and the credential. */
export const tlsRules: readonly FailureRule[] = [
  {
    codes: ['HANDSHAKE_NO_SSL_SUPPORT'],
    error: TlsFailedError,
    tell: ({ server }) =>
      `${server} does not offer TLS. Switch it on there, or accept plaintext with "ssl": false in the secret.`,
  },
  {
    codes: [3159],
    error: TlsFailedError,
    tell: ({ server }) => `${server} admits nobody without TLS. Remove "ssl": false from the secret.`,
  },
  {
    codes: handshake,
    text: /ECONNRESET|EPIPE|socket disconnected before secure TLS/,
    error: TargetUnavailableError,
    tell: ({ server }) => `${server} closed the connection before TLS was agreed on.`,
  },
  {
    codes: handshake,
    text: /altnames/,
    error: TlsFailedError,
    tell: ({ server, host }) =>
      `The certificate of ${server} is not for ${host}. Name a host in the secret that the certificate has.`,
  },
  {
    codes: handshake,
    text: /expired|not yet valid/,
    error: TlsFailedError,
    tell: ({ server }) => `The certificate of ${server} is not valid today. Renew it.`,
  },
  {
    codes: handshake,
    error: TlsFailedError,
    tell: ({ server }) =>
      `No trusted TLS connection to ${server} could be made. Give Rotor the authority's certificate (CA).`,
  },
];
