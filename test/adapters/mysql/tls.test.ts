import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MysqlEngine } from '../../../adapters/mysql';
import { waitUntil } from '../../../local/supervisor';
import { SignInRefusedError, TlsFailedError } from '../../../rotation/errors';
import { type ConnectionSecret } from '../../../rotation/secret-value';
import { Sensitive } from '../../../rotation/sensitive';
import { mysqlHere, startMysqlServer } from '../../support/mysql-server';
import { describeWith } from '../../support/servers/describe-on';
import { type OwnSqlServer } from '../../support/servers/sql-server';
import { CertificateAuthority, type CertificateRequest } from '../postgres/test-certificates';

const authority = new CertificateAuthority();
const trusting = new MysqlEngine({ tls: { ca: authority.certificate }, passwordInStatement: true });

describeWith('TLS of MySQL', { provision: mysqlHere }, (program) => {
  let server: OwnSqlServer;
  const user = { username: 'app', password: 'first password' };
  const credential = (host = 'localhost'): ConnectionSecret => ({ ...server.credential(user), host, tls: true });

  async function present(request: CertificateRequest, issuer = authority): Promise<void> {
    const { certificate, key } = issuer.issue(request);
    await writeFile(path.join(server.dataFolder, 'server-cert.pem'), certificate);
    await writeFile(path.join(server.dataFolder, 'server-key.pem'), key);
    await writeFile(path.join(server.dataFolder, 'ca.pem'), issuer.certificate);
    await server.sql('ALTER INSTANCE RELOAD TLS');
  }

  beforeAll(async () => {
    server = await startMysqlServer(program);
    await server.createUser(user, { rest: 'REQUIRE SSL' });
  });

  afterAll(async () => {
    await server.stop();
  });

  it('is used with an authority that is trusted, for the host name of the certificate [§11.38]', async () => {
    await present({ dnsNames: ['localhost'] });

    expect(await trusting.canSignIn(credential())).toBe(true);
    expect(await trusting.canSignIn({ ...credential(), password: new Sensitive('wrong') })).toBe(false);
    await trusting.verifyCredential({ credential: credential() });
  });

  it('is used for an address that the certificate has, and not for one that it has not [§11.38]', async () => {
    await present({ addresses: ['127.0.0.1'] });
    expect(await trusting.canSignIn(credential('127.0.0.1'))).toBe(true);

    await present({ addresses: ['127.0.0.2'], dnsNames: ['localhost'] });
    await expect(trusting.canSignIn(credential('127.0.0.1'))).rejects.toThrow(/not for 127\.0\.0\.1/);
  });

  it('fails for a certificate of another host [§11.38]', async () => {
    await present({ dnsNames: ['elsewhere.example'] });

    await expect(trusting.canSignIn(credential())).rejects.toThrow(/not for localhost/);
  });

  it('fails with an authority that is not trusted, whatever the environment says [§11.34] [§11.38]', async () => {
    await present({ dnsNames: ['localhost'] }, new CertificateAuthority());
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      await expect(trusting.canSignIn(credential())).rejects.toThrow(/CA/);
      await expect(new MysqlEngine().canSignIn(credential())).rejects.toBeInstanceOf(TlsFailedError);
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });

  it('fails for a certificate that has expired [§11.38]', async () => {
    // The server itself takes none that has expired already.
    const validUntil = new Date(Date.now() + 2_000);
    await present({ dnsNames: ['localhost'], validUntil });
    await waitUntil(() => Date.now() > validUntil.getTime() + 1_000, { limitMs: 10_000 });

    await expect(trusting.canSignIn(credential())).rejects.toThrow(/not valid today/);
  });

  it('is not tried when the secret says so: then a user who needs it is refused, and told why [§11.38]', async () => {
    await present({ dnsNames: ['localhost'] });
    const plain = { ...credential(), tls: false };

    expect(await trusting.canSignIn(plain)).toBe(false);
    await expect(trusting.verifyCredential({ credential: plain })).rejects.toThrow(/TLS only/);
    await expect(trusting.verifyCredential({ credential: plain })).rejects.toBeInstanceOf(SignInRefusedError);
  });

  it('is told to be wanted by a server that admits nobody without [§11.38]', async () => {
    await present({ dnsNames: ['localhost'] });
    await server.createUser({ username: 'plain', password: 'plain password' });
    await server.sql('SET GLOBAL require_secure_transport = ON');
    try {
      const plain = server.credential({ username: 'plain', password: 'plain password' });
      await expect(trusting.canSignIn(plain)).rejects.toBeInstanceOf(TlsFailedError);
    } finally {
      await server.sql('SET GLOBAL require_secure_transport = OFF', { ...server.superuser, tls: true });
    }
  });

  it.each([213, 256])('carries a password of %d characters [§11.13] [§11.38]', async (length) => {
    await present({ dnsNames: ['localhost'] });
    const long = { username: `long_${length}`, password: 'p'.repeat(length) };
    await server.createUser({ ...long, password: 'first' });
    const signInAs = { ...credential(), username: long.username, password: new Sensitive('first') };

    await trusting.changePassword({ signInAs, username: long.username, newPassword: new Sensitive(long.password) });

    expect(await trusting.canSignIn({ ...signInAs, password: new Sensitive(long.password) })).toBe(true);
    await server.sql('FLUSH PRIVILEGES'); // or the server would remember the password from before (§11.60)
    const plain = trusting.canSignIn({ ...signInAs, password: new Sensitive(long.password), tls: false });
    if (length > 213) await expect(plain).rejects.toThrow(/too long to be sent without TLS/);
    else expect(await plain).toBe(true);
  });
});
