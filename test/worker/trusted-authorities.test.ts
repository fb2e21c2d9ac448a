import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TlsFailedError } from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { WorkerStartError } from '../../worker';
import { enginesFor } from '../../worker/engine-registry';
import { readAuthorities } from '../../worker/read-authorities';
import { CertificateAuthority } from '../adapters/postgres/test-certificates';
import { mariadbHere, startMariadbServer } from '../support/mariadb-server';
import { mysqlHere, startMysqlServer } from '../support/mysql-server';
import { startPostgresServer } from '../support/postgres-server';
import { runRotor } from '../support/rotor-command';
import { describeWith, type Provision } from '../support/servers/describe-on';

const authority = new CertificateAuthority();
const stranger = new CertificateAuthority();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rotor-authorities-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A file with this text. */
async function file(text: string): Promise<string> {
  const name = path.join(folder, 'authorities.pem');
  await writeFile(name, text);
  return name;
}

/** A server that has a certificate of the authority. */
interface TlsServer {
  readonly superuser: ConnectionSecret;
  stop(): Promise<void>;
}

type Certified = Readonly<Record<'ssl-cert' | 'ssl-key', string>>;

async function startPostgres(): Promise<TlsServer> {
  const server = await startPostgresServer();
  const { certificate, key } = authority.issue({ dnsNames: ['localhost'] });
  await server.writeFile('server.crt', certificate);
  await server.writeFile('server.key', key);
  await server.set('ssl', 'on');
  return server;
}

async function withCertificate(start: (options: Certified) => Promise<TlsServer>): Promise<TlsServer> {
  const { certificate, key } = authority.issue({ dnsNames: ['localhost'] });
  const certified = { 'ssl-cert': path.join(folder, 'server.crt'), 'ssl-key': path.join(folder, 'server.key') };
  await writeFile(certified['ssl-cert'], certificate);
  await writeFile(certified['ssl-key'], key);
  return start(certified);
}

function describeTrust<T>(
  name: string,
  { provision, start }: { provision: Provision<T>; start: (there: T) => Promise<TlsServer> },
): void {
  describeWith(`The engine of ${name}`, { provision }, (there) => {
    const { signal } = new AbortController();
    let server: TlsServer;

    beforeAll(async () => {
      server = await start(there);
    });

    afterAll(() => server.stop());

    const credential = (more: Partial<ConnectionSecret> = {}): ConnectionSecret => ({
      ...server.superuser,
      host: 'localhost',
      tls: true,
      ...more,
    });

    it('trusts the authorities of the worker’s file, and without it does not [§11.38]', async () => {
      const ca = readAuthorities(await file(`# a bundle\n${stranger.certificate}\n${authority.certificate}`));

      expect(await enginesFor(signal, ca)(name).canSignIn(credential())).toBe(true);
      await expect(enginesFor(signal)(name).canSignIn(credential())).rejects.toBeInstanceOf(TlsFailedError);
    });

    it('trusts what the secret or the configuration names, and then not the worker’s file [§11.38]', async () => {
      const { certificate: ca } = authority;
      const strange = stranger.certificate;

      expect(await enginesFor(signal, strange)(name).canSignIn(credential({ ca }))).toBe(true);
      expect(await enginesFor(signal, strange)(name, { ca }).canSignIn(credential())).toBe(true);
      for (const trusting of [
        () => enginesFor(signal, ca)(name).canSignIn(credential({ ca: strange })),
        () => enginesFor(signal, ca)(name, { ca: strange }).canSignIn(credential()),
      ]) {
        await expect(trusting()).rejects.toBeInstanceOf(TlsFailedError);
      }
    });
  });
}

describeTrust('postgres', { provision: { there: undefined }, start: startPostgres });

describeTrust('mariadb', {
  provision: mariadbHere,
  start: (program) => withCertificate((options) => startMariadbServer(program, options)),
});

describeTrust('mysql', {
  provision: mysqlHere,
  start: (program) => withCertificate((options) => startMysqlServer(program, options)),
});

describe('a file of authorities', () => {
  const broken = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

  it.each([
    ['is empty', () => '', /holds no certificate in PEM/],
    ['holds a key', () => authority.issue({}).key, /holds no certificate in PEM/],
    ['is cut', () => authority.certificate.slice(0, -30), /holds no certificate in PEM/],
    ['has something broken', () => `${authority.certificate}${broken}`, /number 2, that cannot be understood/],
  ])('that %s is none', async (_, text, told) => {
    const name = await file(text());

    expect(() => readAuthorities(name)).toThrow(WorkerStartError);
    expect(() => readAuthorities(name)).toThrow(told);
  });

  it('that is missing keeps a worker from starting, which says so in one line', async () => {
    const missing = path.join(folder, 'missing.pem');

    const { code, stdout, stderr } = await runRotor(['worker'], {
      env: { TEMPORAL_ADDRESS: '127.0.0.1:1', ROTOR_CA_FILE: missing },
    });

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      `rotor: The file "${missing}" that ROTOR_CA_FILE names cannot be read (ENOENT). ` +
        'Name a PEM file of certificate authorities, or unset it.\n',
    );
  });
});
