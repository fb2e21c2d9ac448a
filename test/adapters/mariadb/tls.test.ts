import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MariadbEngine } from '../../../adapters/mariadb';
import { SignInRefusedError, TlsFailedError } from '../../../rotation/errors';
import { type ConnectionSecret } from '../../../rotation/secret-value';
import { Sensitive } from '../../../rotation/sensitive';
import { mariadbHere, startMariadbServer } from '../../support/mariadb-server';
import { describeWith } from '../../support/servers/describe-on';
import { type OwnSqlServer } from '../../support/servers/sql-server';
import { CertificateAuthority, type CertificateRequest } from '../postgres/test-certificates';

const authority = new CertificateAuthority();
const trusting = new MariadbEngine({ tls: { ca: authority.certificate } });

describeWith('TLS of MariaDB', { provision: mariadbHere }, (program) => {
  let server: OwnSqlServer;
  let folder: string;
  const user = { username: 'app', password: 'first password' };
  const credential = (host = 'localhost'): ConnectionSecret => ({ ...server.credential(user), host, tls: true });

  async function write(request: CertificateRequest, issuer = authority): Promise<void> {
    const { certificate, key } = issuer.issue(request);
    await writeFile(path.join(folder, 'server-cert.pem'), certificate);
    await writeFile(path.join(folder, 'server-key.pem'), key);
  }

  async function present(request: CertificateRequest, issuer = authority): Promise<void> {
    await write(request, issuer);
    await server.sql('FLUSH SSL');
  }

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'rotor-certificates-'));
    await write({ dnsNames: ['localhost'] });
    server = await startMariadbServer(program, {
      'ssl-cert': path.join(folder, 'server-cert.pem'),
      'ssl-key': path.join(folder, 'server-key.pem'),
    });
    await server.createUser(user, { rest: 'REQUIRE SSL' });
  });

  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is used with an authority that is trusted, for the host name of the certificate [§11.38]', async () => {
    expect(await trusting.canSignIn(credential())).toBe(true);
    expect(await trusting.canSignIn({ ...credential(), password: new Sensitive('wrong') })).toBe(false);
    await trusting.verifyCredential({ credential: credential() });
  });

  it('carries a change of the password [§11.38]', async () => {
    await server.createUser({ username: 'changing', password: 'first' }, { rest: 'REQUIRE SSL' });
    const signInAs = { ...credential(), username: 'changing', password: new Sensitive('first') };

    await trusting.changePassword({ signInAs, username: 'changing', newPassword: new Sensitive('second') });

    expect(await trusting.canSignIn({ ...signInAs, password: new Sensitive('second') })).toBe(true);
  });

  it('is used for an address that the certificate has, and not for one that it has not [§11.38]', async () => {
    await present({ addresses: ['127.0.0.1'] });
    expect(await trusting.canSignIn(credential('127.0.0.1'))).toBe(true);

    await present({ addresses: ['127.0.0.2'], dnsNames: ['localhost'] });
    await expect(trusting.canSignIn(credential('127.0.0.1'))).rejects.toThrow(/not for 127\.0\.0\.1/);
  });

  it('fails with an authority that is not trusted [§11.38]', async () => {
    await present({ dnsNames: ['localhost'] }, new CertificateAuthority());

    await expect(trusting.canSignIn(credential())).rejects.toThrow(/CA/);
    await expect(new MariadbEngine().canSignIn(credential())).rejects.toBeInstanceOf(TlsFailedError);
  });

  it('fails for a certificate that has expired [§11.38]', async () => {
    await present({ dnsNames: ['localhost'], validUntil: new Date(Date.now() - 86_400_000) });

    await expect(trusting.canSignIn(credential())).rejects.toThrow(/not valid today/);
  });

  it('is not tried when the secret says so: then a user who needs it is refused, and told why [§11.38]', async () => {
    const plain = { ...credential(), tls: false };

    expect(await trusting.canSignIn(plain)).toBe(false);
    await expect(trusting.verifyCredential({ credential: plain })).rejects.toThrow(/TLS only/);
    await expect(trusting.verifyCredential({ credential: plain })).rejects.toBeInstanceOf(SignInRefusedError);
  });

  it('is told to be wanted, as well as MariaDB lets it be known, by a server that admits nobody without [§11.38]', async () => {
    await server.createUser({ username: 'plain', password: 'plain password' });
    await server.sql('SET GLOBAL require_secure_transport = ON');
    try {
      const plain = server.credential({ username: 'plain', password: 'plain password' });
      await expect(trusting.verifyCredential({ credential: plain })).rejects.toThrow(/TLS/);
    } finally {
      await server.sql('SET GLOBAL require_secure_transport = OFF', { ...server.superuser, tls: true });
    }
  });
});
