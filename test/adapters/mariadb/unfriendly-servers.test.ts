import { randomBytes } from 'node:crypto';
import { MariadbEngine } from '../../../adapters/mariadb';
import { findFreePort } from '../../../local/supervisor';
import { type RotationError, TargetUnavailableError, TlsFailedError } from '../../../rotation/errors';
import { type ConnectionSecret } from '../../../rotation/secret-value';
import { Sensitive } from '../../../rotation/sensitive';
import {
  askByPlugin,
  closeScripted,
  ownAccount,
  refuse,
  refuseSignIn,
  type ScriptedMysql,
  serveMysql,
} from '../../support/servers/scripted-mysql';

const engine = new MariadbEngine({ connectTimeoutMs: 300 });

afterEach(closeScripted);

const failureOf = async (asked: Promise<unknown>): Promise<RotationError> =>
  asked.then(
    (answer) => {
      throw new Error(`It answered ${String(answer)}.`);
    },
    (error: unknown) => error as RotationError,
  );

const changeOwn = ({ credential }: ScriptedMysql): Promise<void> =>
  engine.changePassword({ signInAs: credential, username: 'app', newPassword: new Sensitive('second') });

describe('a connection', () => {
  it('to a server that never answers ends at the time limit [§11.48]', async () => {
    const { credential } = await serveMysql({ greeting: () => undefined });

    await expect(engine.canSignIn(credential)).rejects.toBeInstanceOf(TargetUnavailableError);
    await expect(engine.canSignIn({ ...credential, tls: true })).rejects.toBeInstanceOf(TargetUnavailableError);
  });

  it('to a server that greets and then hears nothing ends at the time limit [§11.48]', async () => {
    const { credential } = await serveMysql({ signIn: () => undefined });

    await expect(engine.canSignIn(credential)).rejects.toBeInstanceOf(TargetUnavailableError);
  });

  it.each([
    ['closed', (socket: { end(): unknown }) => void socket.end()],
    ['reset', (socket: { resetAndDestroy(): unknown }) => void socket.resetAndDestroy()],
  ])('that is %s at once is unavailable [§11.48]', async (_, greeting) => {
    const { credential } = await serveMysql({ greeting });

    await expect(engine.canSignIn(credential)).rejects.toBeInstanceOf(TargetUnavailableError);
    await expect(engine.canSignIn({ ...credential, tls: true })).rejects.toBeInstanceOf(TargetUnavailableError);
  });

  it.each([
    ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')],
    ['Redis', Buffer.from('-ERR unknown command\r\n')],
    ['SSH', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')],
    ...Array.from({ length: 20 }, (_, index): [string, Buffer] => {
      const body = randomBytes(40);
      return [`noise ${index}`, Buffer.concat([Buffer.from([40, 0, 0, 0]), body])];
    }),
  ])('to a server of another protocol fails and ends nobody: %s [§11.48]', async (_, greeting) => {
    const { credential } = await serveMysql({
      greeting: (socket) => socket.write(greeting),
      signIn: (socket) => socket.end(randomBytes(60)),
    });

    expect(await failureOf(engine.canSignIn(credential))).toMatchObject({ ids: { host: '127.0.0.1' } });
    expect(await failureOf(engine.canSignIn({ ...credential, tls: true }))).toMatchObject({
      ids: { engine: 'mariadb' },
    });
  });

  it('to a name that does not resolve is unavailable', async () => {
    const credential = { ...(await serveMysql()).credential, host: 'host.invalid' };

    const failure = await failureOf(engine.canSignIn(credential));

    expect(failure).toBeInstanceOf(TargetUnavailableError);
    expect(failure.message).toContain('host.invalid');
  });

  it('to a name with several addresses, none of which listens, is unavailable and says where', async () => {
    const port = await findFreePort();
    const credential: ConnectionSecret = { ...(await serveMysql()).credential, host: 'localhost', port };

    expect(await failureOf(engine.canSignIn(credential))).toMatchObject({
      name: 'TargetUnavailable',
      message: expect.stringContaining(`localhost:${port}`) as string,
      ids: { code: 'ECONNREFUSED' },
    });
  });

  it('is given up with the reason of the signal', async () => {
    const stopping = new AbortController();
    const silent = await serveMysql({
      signIn: () => {
        stopping.abort(new Error('no longer wanted'));
      },
    });
    const patient = new MariadbEngine({ signal: stopping.signal, connectTimeoutMs: 30_000 });

    await expect(patient.canSignIn(silent.credential)).rejects.toThrow('no longer wanted');
    expect(silent.connections()).toBe(1);
  });

  it('is not begun when the signal is aborted already', async () => {
    const { credential, connections } = await serveMysql();
    const stopped = new MariadbEngine({ signal: AbortSignal.abort(new Error('no longer wanted')) });

    await expect(stopped.verifyCredential({ credential })).rejects.toThrow('no longer wanted');
    expect(connections()).toBe(0);
  });

  it('to a server without TLS is refused, and the credential is not sent [§11.38]', async () => {
    const { credential, received } = await serveMysql();

    const failure = await failureOf(engine.canSignIn({ ...credential, tls: true }));

    expect(failure).toBeInstanceOf(TlsFailedError);
    expect(failure.message).toContain('"ssl": false');
    expect(received).toEqual([]);
  });
});

describe('signing in', () => {
  it.each([
    [1040, 'Too many connections', 'TargetUnavailable'],
    [1203, 'User app already has more than max_user_connections', 'TargetUnavailable'],
    [1226, "User 'app' has exceeded the 'max_user_connections' resource", 'TargetUnavailable'],
    [1129, 'Host is blocked because of many connection errors', 'TargetUnavailable'],
    [1047, 'WSREP has not yet prepared node for application use', 'TargetUnavailable'],
    [1047, 'Unknown command', 'TargetMisconfigured'],
    [1053, 'Server shutdown in progress', 'TargetUnavailable'],
    [1158, 'Got an error reading communication packets', 'TargetUnavailable'],
    [1044, 'Access denied for user to database', 'PermissionMissing'],
    [1049, 'Unknown database', 'TargetMisconfigured'],
    [1130, 'Host is not allowed to connect', 'TargetMisconfigured'],
    [1184, 'Aborted connection (init_connect command failed)', 'TargetMisconfigured'],
    [1524, 'Plugin is not loaded', 'TargetMisconfigured'],
    [4151, 'Access denied, this account is locked', 'AccountBlocked'],
    [4150, 'User is blocked because of too many credential errors', 'AccountBlocked'],
    [1862, 'Your password has expired', 'AccountBlocked'],
    [3159, 'Connections using insecure transport are prohibited', 'TlsFailed'],
    [65000, 'nobody knows', 'TargetMisconfigured'],
  ])('that fails with %d %s is %s [§11.43]', async (number, text, name) => {
    const { credential } = await serveMysql({ signIn: refuseSignIn(number, text) });

    expect(await failureOf(engine.canSignIn(credential))).toMatchObject({ name, ids: { code: String(number) } });
  });

  it.each([1045, 1698])('is refused by %d, and without TLS the message says that TLS may be wanted', async (number) => {
    const { credential } = await serveMysql({ signIn: refuseSignIn(number, 'Access denied') });

    expect(await engine.canSignIn(credential)).toBe(false);
    await expect(engine.verifyCredential({ credential })).rejects.toThrow(/TLS only/);
  });

  it.each([
    'client_ed25519',
    'parsec',
    'auth_gssapi_client',
    'mysql_clear_password',
    'authentication_ldap_sasl_client',
  ])('by the plugin %s is a matter of configuration [§11.27]', async (plugin) => {
    const { credential, received } = await serveMysql({ signIn: askByPlugin(plugin) });

    expect(await failureOf(engine.canSignIn(credential))).toMatchObject({ name: 'TargetMisconfigured' });
    expect(Buffer.concat(received).toString('latin1')).not.toContain('never shown');
  });

  it('as another user than the one of the secret is a matter of configuration', async () => {
    const proxied = await serveMysql({
      answer: (statement) => (statement.includes('CURRENT_USER()') ? ownAccount('else@%') : undefined),
    });

    expect(await failureOf(engine.verifyCredential({ credential: proxied.credential }))).toMatchObject({
      name: 'TargetMisconfigured',
    });
    expect(await failureOf(changeOwn(proxied))).toMatchObject({ name: 'TargetMisconfigured' });
    expect(proxied.statements.filter((statement) => statement.startsWith('SET PASSWORD'))).toEqual([]);
  });

  it('through a proxy, which has sessions of its own with the server, is a matter of configuration [§11.40]', async () => {
    const proxy = await serveMysql({
      answer: (statement) => (statement.includes('CURRENT_USER()') ? ownAccount('app@%', 77) : undefined),
    });

    for (const signIn of [
      () => engine.canSignIn(proxy.credential),
      () => engine.verifyCredential({ credential: proxy.credential }),
      () => changeOwn(proxy),
    ]) {
      const failure = await failureOf(signIn());
      expect(failure).toMatchObject({ name: 'TargetMisconfigured' });
      expect(failure.message).toContain('Name the server itself in the secret, not a proxy.');
    }
    expect(proxy.statements.filter((statement) => statement.startsWith('ALTER'))).toEqual([]);
  });

  it('as nobody proves nothing, and nothing is changed there [§11.32]', async () => {
    const open = await serveMysql({
      answer: (statement) => (statement.includes('CURRENT_USER()') ? ownAccount('@') : undefined),
    });

    expect(await failureOf(engine.verifyCredential({ credential: open.credential }))).toMatchObject({
      name: 'CannotVerify',
    });
    expect(await failureOf(changeOwn(open))).toMatchObject({ name: 'TargetMisconfigured' });
    expect(open.statements.filter((statement) => statement.startsWith('SET PASSWORD'))).toEqual([]);
  });
});

describe('a change', () => {
  const whenChanging = (answer: (socket: Parameters<ReturnType<typeof refuse>>[0]) => void) => ({
    answer: (statement: string) => (statement.startsWith('SET PASSWORD') ? answer : undefined),
  });

  it.each([
    [1317, 'Query execution was interrupted', 'OutcomeUnknown'],
    [1047, 'WSREP has not yet prepared node for application use', 'TargetUnavailable'],
    [1053, 'Server shutdown in progress', 'OutcomeUnknown'],
    [1927, 'Connection was killed', 'OutcomeUnknown'],
    [1205, 'Lock wait timeout exceeded', 'TargetConflict'],
    [1213, 'Deadlock found', 'TargetConflict'],
    [1290, 'running with the --read-only option', 'TargetReadOnly'],
    [1290, 'running with the --strict-password-validation option', 'TargetMisconfigured'],
    [1290, 'running with the --skip-grant-tables option', 'TargetMisconfigured'],
    [1792, 'Cannot execute statement in a READ ONLY transaction', 'TargetReadOnly'],
    [1836, 'Running in read-only mode', 'TargetReadOnly'],
    [1045, 'Access denied', 'PermissionMissing'],
    [1142, 'UPDATE command denied', 'PermissionMissing'],
    [1396, 'Operation SET PASSWORD failed', 'TargetMisconfigured'],
    [1524, 'Plugin is not loaded', 'TargetMisconfigured'],
    [1819, 'Your password does not satisfy the policy', 'PasswordRejected'],
    [1064, 'You have an error near IDENTIFIED BY', 'TargetMisconfigured'],
    [1969, 'Query execution was interrupted (max_statement_time execution exceeded)', 'TargetUnavailable'],
    [1820, 'You must reset your password', 'AccountBlocked'],
  ])('that fails with %d %s is %s [§11.29]', async (number, text, name) => {
    const server = await serveMysql(whenChanging(refuse(number, text)));

    const failure = await failureOf(changeOwn(server));

    expect(failure).toMatchObject({ name, ids: { code: String(number), username: 'app' } });
    expect(failure.message).not.toContain(text);
  });

  it('whose connection is lost has an unknown outcome [§11.43]', async () => {
    const server = await serveMysql(whenChanging((socket) => void socket.destroy()));

    expect(await failureOf(changeOwn(server))).toMatchObject({ name: 'OutcomeUnknown' });
  });

  it('of what cannot be is refused before anybody is asked [§11.3] [§11.6] [§11.11]', async () => {
    const { credential, connections } = await serveMysql();
    const change = (username: string, password: string): Promise<void> =>
      engine.changePassword({ signInAs: credential, username, newPassword: new Sensitive(password) });

    for (const username of ['', 'u'.repeat(129), "'app'", 'app ', 'a\0b', '🔑']) {
      expect(await failureOf(change(username, 'second'))).toMatchObject({ name: 'MalformedSecret' });
    }
    for (const password of ['', 'a\0b', 'pässword']) {
      expect(await failureOf(change('app', password))).toMatchObject({ name: 'PasswordRejected' });
    }
    expect(connections()).toBe(0);
  });
});
