import { createServer, type Server, type Socket } from 'node:net';
import { PostgresEngine } from '../../../adapters/postgres';
import { findFreePort } from '../../../local/supervisor';
import {
  CannotVerifyError,
  type RotationError,
  TargetMisconfiguredError,
  TargetUnavailableError,
  TlsFailedError,
} from '../../../rotation/errors';
import { type ConnectionSecret } from '../../../rotation/secret-value';
import { Sensitive } from '../../../rotation/sensitive';

/** A server that behaves as a test says, and remembers what it was sent. */
interface ScriptedServer {
  readonly credential: ConnectionSecret;
  readonly received: Buffer[];
  readonly connections: () => number;
}

const opened: { server: Server; sockets: Set<Socket> }[] = [];

afterEach(async () => {
  for (const { server, sockets } of opened.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(
  onData: (socket: Socket, chunk: Buffer) => void,
  onConnect?: (socket: Socket) => void,
): Promise<ScriptedServer> {
  const received: Buffer[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnect?.(socket);
    socket.on('data', (chunk) => {
      received.push(chunk);
      onData(socket, chunk);
    });
  });
  opened.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    credential: {
      engine: 'postgres',
      host: '127.0.0.1',
      port,
      username: 'app',
      password: new Sensitive('never shown'),
      tls: false,
    },
    received,
    connections: () => connections,
  };
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

const message = (type: string, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);

const authentication = (method: number, rest = Buffer.alloc(0)): Buffer =>
  message('R', Buffer.concat([int32(method), rest]));

const refusal = ({ code, text, severity = 'FATAL' }: { code: string; text: string; severity?: string }): Buffer =>
  message('E', Buffer.from(`S${severity}\0V${severity}\0C${code}\0M${text}\0\0`));

const readyForQuery = message('Z', Buffer.from('I'));

/** The row that tells the user of the session. */
const answer = (text: string): Buffer => {
  const column = Buffer.concat([Buffer.from('sessionUser\0'), Buffer.alloc(6), int32(25), Buffer.alloc(8)]);
  return Buffer.concat([
    message('T', Buffer.concat([Buffer.from([0, 1]), column])),
    message('D', Buffer.concat([Buffer.from([0, 1]), int32(text.length), Buffer.from(text)])),
    message('C', Buffer.from('SELECT 1\0')),
    readyForQuery,
  ]);
};

const engine = new PostgresEngine({ connectTimeoutMs: 300 });

const failureOf = async ({ credential }: ScriptedServer, by = engine): Promise<RotationError> => {
  const failure: unknown = await by.canSignIn(credential).then(
    (answer) => new Error(`It answered ${answer}.`),
    (error: unknown) => error,
  );
  return failure as RotationError;
};

describe('a connection', () => {
  it('to a server that never answers ends at the time limit [§11.48]', async () => {
    const silent = await serve(() => undefined);

    expect(await failureOf(silent)).toBeInstanceOf(TargetUnavailableError);
    expect(await failureOf({ ...silent, credential: { ...silent.credential, tls: true } })).toBeInstanceOf(
      TargetUnavailableError,
    );
  });

  it('to a server that accepts and closes is unavailable [§11.48]', async () => {
    const closing = await serve(
      () => undefined,
      (socket) => socket.end(),
    );

    expect(await failureOf(closing)).toBeInstanceOf(TargetUnavailableError);
    expect(await failureOf({ ...closing, credential: { ...closing.credential, tls: true } })).toBeInstanceOf(
      TargetUnavailableError,
    );
  });

  it('that is reset at once is unavailable [§11.48]', async () => {
    const resetting = await serve((socket) => socket.resetAndDestroy());

    expect(await failureOf(resetting)).toBeInstanceOf(TargetUnavailableError);
  });

  it.each([
    ['HTTP', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'],
    ['MySQL', 'J\0\0\0\n8.0.36\0'],
    ['Redis', '-ERR unknown command\r\n'],
  ])('to a server of another protocol fails and ends nobody: %s [§11.48]', async (_, greeting) => {
    const stranger = await serve((socket) => socket.write(greeting));

    expect(await failureOf(stranger)).toMatchObject({ ids: { host: '127.0.0.1' } });
    expect(await failureOf({ ...stranger, credential: { ...stranger.credential, tls: true } })).toBeInstanceOf(
      TlsFailedError,
    );
  });

  it('to a name that does not resolve is unavailable', async () => {
    const credential = {
      engine: 'postgres',
      host: 'host.invalid',
      username: 'app',
      password: new Sensitive('x'),
      tls: true,
    };

    await expect(engine.canSignIn(credential)).rejects.toBeInstanceOf(TargetUnavailableError);
    await expect(engine.canSignIn(credential)).rejects.toThrow(/host\.invalid/);
  });

  it('to a name with several addresses, none of which listens, is unavailable and says where', async () => {
    const port = await findFreePort();
    const credential = {
      engine: 'postgres',
      host: 'localhost',
      port,
      username: 'app',
      password: new Sensitive('x'),
      tls: false,
    };

    await expect(engine.canSignIn(credential)).rejects.toMatchObject({
      name: 'TargetUnavailable',
      message: expect.stringContaining(`localhost:${port}`) as string,
      ids: { code: 'ECONNREFUSED' },
    });
  });

  it('is given up with the reason of the signal', async () => {
    const silent = await serve(() => {
      stopping.abort(new Error('no longer wanted'));
    });
    const stopping = new AbortController();
    const patient = new PostgresEngine({ signal: stopping.signal, connectTimeoutMs: 30_000 });

    await expect(patient.canSignIn(silent.credential)).rejects.toThrow('no longer wanted');
    expect(silent.connections()).toBe(1);
  });

  it('is not begun when the signal is aborted already', async () => {
    const silent = await serve(() => undefined);
    const stopped = new PostgresEngine({ signal: AbortSignal.abort(new Error('no longer wanted')) });

    await expect(stopped.verifyCredential({ credential: silent.credential })).rejects.toThrow('no longer wanted');
    expect(silent.connections()).toBe(0);
  });
});

describe('a server without TLS', () => {
  it('is refused, and hears nothing but the request for TLS [§11.38]', async () => {
    const plain = await serve((socket) => socket.write('N'));
    const credential = { ...plain.credential, tls: true };

    expect(await failureOf({ ...plain, credential })).toBeInstanceOf(TlsFailedError);
    await expect(engine.canSignIn(credential)).rejects.toThrow('"ssl": false');

    for (const sent of plain.received) expect(sent).toEqual(Buffer.concat([int32(8), int32(80877103)]));
  });
});

describe('signing in', () => {
  it.each([
    [7, 'GSSAPI'],
    [9, 'SSPI'],
    [13, 'the SHA-256 of Redshift'],
    [99, 'something to come'],
  ])('by method %d (%s) is a matter of configuration, and ends nobody', async (method) => {
    const server = await serve((socket) => socket.write(authentication(method)));

    const failure = await failureOf(server);

    expect(failure).toBeInstanceOf(TargetMisconfiguredError);
    expect(failure.message).toContain('scram-sha-256');
  });

  it('by a SASL mechanism other than SCRAM-SHA-256 is a matter of configuration', async () => {
    const server = await serve((socket) => socket.write(authentication(10, Buffer.from('OAUTHBEARER\0\0'))));

    expect(await failureOf(server)).toBeInstanceOf(TargetMisconfiguredError);
  });

  it('is not made to compute for ever', async () => {
    const server = await serve((socket, chunk) => {
      const nonce = /r=([^,]+)$/.exec(chunk.toString('latin1'))?.[1];
      if (nonce === undefined) socket.write(authentication(10, Buffer.from('SCRAM-SHA-256\0\0')));
      else socket.write(authentication(11, Buffer.from(`r=${nonce}x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2000000000`)));
    });

    expect(await failureOf(server)).toBeInstanceOf(TargetMisconfiguredError);
  });

  it('with a server that does not know the verifier is no proof', async () => {
    const server = await serve((socket, chunk) => {
      const text = chunk.toString('latin1');
      const nonce = /r=([^,]+)$/.exec(text)?.[1];
      if (text.includes(',p=')) {
        const final = authentication(12, Buffer.from(`v=${Buffer.alloc(32).toString('base64')}`));
        socket.write(Buffer.concat([final, authentication(0), readyForQuery]));
      } else if (nonce === undefined) socket.write(authentication(10, Buffer.from('SCRAM-SHA-256\0\0')));
      else socket.write(authentication(11, Buffer.from(`r=${nonce}x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`)));
    });

    expect(await failureOf(server)).toBeInstanceOf(CannotVerifyError);
  });

  it('by a password that the server does not look at is found out by a wrong one [§11.32]', async () => {
    const server = await serve((socket, chunk) => {
      if (chunk[0] === 0) socket.write(authentication(3));
      else if (chunk.toString().startsWith('p')) socket.write(Buffer.concat([authentication(0), readyForQuery]));
      else if (chunk.toString().startsWith('Q')) socket.write(answer('app'));
    });

    expect(await engine.canSignIn(server.credential)).toBe(true);
    const before = server.connections();
    await expect(engine.verifyCredential({ credential: server.credential })).rejects.toBeInstanceOf(CannotVerifyError);

    expect(server.connections() - before).toBe(2);
    const passwords = server.received.filter((chunk) => chunk.toString().startsWith('p')).map(String);
    expect(passwords.at(-2)).toContain('never shown');
    expect(passwords.at(-1)).not.toContain('never shown');
  });

  it('and then hearing nothing ends at the time limit', async () => {
    const server = await serve((socket, chunk) => {
      if (chunk[0] === 0) socket.write(Buffer.concat([authentication(0), readyForQuery]));
    });
    const change = { signInAs: server.credential, username: 'app', newPassword: new Sensitive('second') };

    await expect(engine.verifyCredential({ credential: server.credential })).rejects.toBeInstanceOf(
      TargetUnavailableError,
    );
    await expect(engine.changePassword(change)).rejects.toBeInstanceOf(TargetUnavailableError);
  });

  it('as another user than the one of the secret is a matter of configuration', async () => {
    const server = await serve((socket, chunk) => {
      if (chunk[0] === 0) socket.write(Buffer.concat([authentication(0), readyForQuery]));
      else if (chunk.toString().startsWith('Q')) socket.write(answer('else'));
    });

    const verifying = engine.verifyCredential({ credential: server.credential });

    await expect(verifying).rejects.toBeInstanceOf(TargetMisconfiguredError);
  });

  it.each([
    ['08P01', 'SASL authentication failed'],
    ['08P01', 'password authentication failed'],
    ['08P01', 'no such user: app'],
    ['28P01', 'passwort ist falsch'],
  ])('is refused by %s %s [§11.40]', async (code, text) => {
    const { credential } = await serve((socket) => socket.end(refusal({ code, text })));

    expect(await engine.canSignIn(credential)).toBe(false);
  });

  it.each([
    ['57P03', 'the database system is starting up', 'TargetUnavailable'],
    ['57P01', 'terminating connection', 'TargetUnavailable'],
    ['53300', 'too many clients', 'TargetUnavailable'],
    ['08P01', 'query_wait_timeout', 'TargetUnavailable'],
    ['08P01', 'no more connections allowed (max_client_conn)', 'TargetUnavailable'],
    ['08P01', 'server login has been failing, try again later (server_login_retry)', 'TargetUnavailable'],
    ['08P01', 'unsupported startup parameter', 'TargetMisconfigured'],
    ['28000', 'role "app" is not permitted to log in', 'AccountBlocked'],
    ['28000', 'no pg_hba.conf entry for host', 'TargetMisconfigured'],
    ['3D000', 'database does not exist', 'TargetMisconfigured'],
    ['42501', 'permission denied for database', 'PermissionMissing'],
    ['F0000', 'could not load', 'TargetMisconfigured'],
    ['ZZZZZ', 'nobody knows', 'TargetMisconfigured'],
  ])('that fails with %s %s is %s [§11.43]', async (code, text, name) => {
    const server = await serve((socket) => socket.end(refusal({ code, text })));

    expect(await failureOf(server)).toMatchObject({ name, ids: { code } });
  });
});

describe('the environment [§11.34]', () => {
  const hostile = {
    PGHOST: 'host.invalid',
    PGPORT: '1',
    PGUSER: 'somebody_else',
    PGPASSWORD: 'password of somebody else',
    PGPASSFILE: '/dev/null',
    PGDATABASE: 'elsewhere',
    PGOPTIONS: '-c default_transaction_read_only=on',
    PGAPPNAME: 'not rotor',
    PGSSLMODE: 'no-verify',
    PGSSLNEGOTIATION: 'direct',
    PGREPLICATION: 'true',
    PGCLIENT_ENCODING: 'LATIN1',
    PGBINARY: '1',
    PGCONNECT_TIMEOUT: '1',
    PGSTATEMENT_TIMEOUT: '1',
    PGQUERY_TIMEOUT: '1',
    PGFALLBACK_APPLICATION_NAME: 'not rotor',
    PGTZ: 'Pacific/Auckland',
    PGDATESTYLE: 'German',
  };
  let before: NodeJS.ProcessEnv;

  beforeEach(() => {
    before = { ...process.env };
    Object.assign(process.env, hostile);
  });

  afterEach(() => {
    for (const name of Object.keys(hostile)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
  });

  it('adds nothing to what the server is sent', async () => {
    const server = await serve((socket) => socket.end(refusal({ code: '28P01', text: 'no' })));

    expect(await engine.canSignIn(server.credential)).toBe(false);

    const [startup = Buffer.alloc(0)] = server.received;
    const fields = startup.subarray(8).toString().split('\0').slice(0, -2);
    expect(fields).toEqual([
      'user',
      'app',
      'database',
      'postgres',
      'application_name',
      'rotor',
      'client_encoding',
      'UTF8',
    ]);
  });

  it('switches TLS neither on nor off', async () => {
    const plain = await serve((socket) => socket.write('N'));

    await expect(engine.canSignIn({ ...plain.credential, tls: true })).rejects.toBeInstanceOf(TlsFailedError);

    expect(plain.received[0]).toEqual(Buffer.concat([int32(8), int32(80877103)]));
  });

  it('does not lend its password', async () => {
    const server = await serve((socket, chunk) => {
      if (chunk[0] === 0) socket.write(authentication(3));
      else socket.end(refusal({ code: '28P01', text: 'no' }));
    });

    expect(await engine.canSignIn(server.credential)).toBe(false);

    expect(server.received[1]?.toString()).toContain('never shown');
  });
});
