import { PostgresEngine } from '../../../adapters/postgres';
import { TargetMisconfiguredError, TlsFailedError } from '../../../rotation/errors';
import { type ConnectionSecret } from '../../../rotation/secret-value';
import { type UserAccount } from '../../contracts/database-engine';
import { type OwnPostgresServer, startPostgresServer } from '../../support/postgres-server';
import { CertificateAuthority, type CertificateRequest } from './test-certificates';

const authority = new CertificateAuthority();
const trusting = new PostgresEngine({ tls: { ca: authority.certificate } });
const user: UserAccount = { username: 'app', password: 'first password' };
let server: OwnPostgresServer;

const credential = (host = 'localhost'): ConnectionSecret => ({ ...server.credential(user), host, tls: true });

/** Gives the server a certificate, and lets it admit the user by TLS only. */
async function present(request: CertificateRequest, issuer = authority): Promise<void> {
  const { certificate, key } = issuer.issue(request);
  await server.writeFile('server.crt', certificate);
  await server.writeFile('server.key', key);
  await server.set('ssl', 'on');
  await server.admit('hostssl all app all scram-sha-256', 'host all app all reject');
}

beforeAll(async () => {
  server = await startPostgresServer();
  await server.createUser(user);
});

afterAll(async () => {
  await server.stop();
});

describe('TLS [§11.38]', () => {
  it('is refused by a server that has none', async () => {
    await expect(trusting.canSignIn(credential())).rejects.toBeInstanceOf(TlsFailedError);
  });

  it('is used with an authority that is trusted, for the host name of the certificate', async () => {
    await present({ dnsNames: ['localhost'] });

    expect(await trusting.canSignIn(credential())).toBe(true);
    expect(await trusting.canSignIn({ ...credential(), password: server.superuser.password })).toBe(false);
    await trusting.verifyCredential({ credential: credential() });
  });

  it('is used for an address that the certificate has', async () => {
    await present({ addresses: ['127.0.0.1'] });

    expect(await trusting.canSignIn(credential('127.0.0.1'))).toBe(true);
  });

  it('fails with an authority that is not trusted, and names what to do', async () => {
    await present({ dnsNames: ['localhost'] });

    for (const engine of [
      new PostgresEngine(),
      new PostgresEngine({ tls: { ca: new CertificateAuthority().certificate } }),
    ]) {
      await expect(engine.canSignIn(credential())).rejects.toBeInstanceOf(TlsFailedError);
      await expect(engine.canSignIn(credential())).rejects.toThrow(/CA/);
    }
  });

  it('fails with a certificate for another host or address', async () => {
    await present({ dnsNames: ['other.internal'], addresses: ['127.0.0.2'] });

    for (const host of ['localhost', '127.0.0.1']) {
      await expect(trusting.canSignIn(credential(host))).rejects.toBeInstanceOf(TlsFailedError);
      await expect(trusting.canSignIn(credential(host))).rejects.toThrow(`is not for ${host}`);
    }
  });

  it('fails with a certificate that has expired', async () => {
    await present({ dnsNames: ['localhost'], validUntil: new Date(Date.now() - 86_400_000) });

    await expect(trusting.canSignIn(credential())).rejects.toBeInstanceOf(TlsFailedError);
    await expect(trusting.canSignIn(credential())).rejects.toThrow(/Renew/);
  });

  it('is not tried where the secret says plaintext, and the server says that it wants it', async () => {
    await present({ dnsNames: ['localhost'] });

    const plaintext = { ...credential(), tls: false };

    await expect(trusting.canSignIn(plaintext)).rejects.toBeInstanceOf(TargetMisconfiguredError);
    await expect(trusting.canSignIn(plaintext)).rejects.toThrow(/TLS/);
  });

  it('cannot be weakened by the environment', async () => {
    await present({ dnsNames: ['other.internal'] });
    process.env.PGSSLMODE = 'no-verify';
    try {
      await expect(trusting.canSignIn(credential())).rejects.toBeInstanceOf(TlsFailedError);
    } finally {
      delete process.env.PGSSLMODE;
    }
  });
});
