import { createServer, type Server, type Socket } from 'node:net';
import { type ConnectionSecret } from '../../../rotation/secret-value';
import { Sensitive } from '../../../rotation/sensitive';

/** What a scripted server does with a statement, and with a credential that it is shown. */
export interface Script {
  /** What it writes when somebody connects; absent: a greeting as a server's. */
  readonly greeting?: (socket: Socket) => void;
  /** What it answers to a credential. Absent: it accepts. */
  readonly signIn?: (socket: Socket) => void;
  /** What it answers to a statement; undefined leaves it to the usual answers. */
  readonly answer?: (statement: string) => ((socket: Socket) => void) | undefined;
}

/** A server that behaves as a test says, and remembers the statements that it was sent. */
export interface ScriptedMysql {
  readonly credential: ConnectionSecret;
  readonly statements: string[];
  readonly received: Buffer[];
  readonly connections: () => number;
}

const opened: { server: Server; sockets: Set<Socket> }[] = [];

/** Ends all scripted servers of a test. */
export async function closeScripted(): Promise<void> {
  for (const { server, sockets } of opened.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Starts a server that speaks MySQL's protocol as far as a test needs it. */
export async function serveMysql(script: Script = {}): Promise<ScriptedMysql> {
  const sockets = new Set<Socket>();
  const statements: string[] = [];
  const received: Buffer[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => undefined);
    (script.greeting ?? greet)(socket);
    let hasSignedIn = false;
    socket.on('data', (chunk) => {
      received.push(chunk);
      if (!hasSignedIn) {
        hasSignedIn = true;
        (script.signIn ?? accept)(socket);
      } else if (chunk[4] === 3) {
        const statement = chunk.subarray(5).toString();
        statements.push(statement);
        (script.answer?.(statement) ?? usualAnswer(statement))(socket);
      }
    });
  });
  opened.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const credential = {
    engine: 'scripted',
    host: '127.0.0.1',
    port,
    username: 'app',
    password: new Sensitive('never shown'),
    tls: false,
  };
  return { credential, statements, received, connections: () => connections };
}

const accept = (socket: Socket): void => {
  socket.write(packet(2, Buffer.from([0, 0, 0, 2, 0, 0, 0])));
};

/** What a greeting tells. */
const sessionNumber = 1;

/** A greeting without TLS. */
function greet(socket: Socket): void {
  const capabilities = Buffer.from([0xff, 0xf7]); // all of the lower ones but TLS
  socket.write(
    packet(
      0,
      Buffer.concat([
        Buffer.from([10]),
        Buffer.from('8.0.36-scripted\0'),
        Buffer.from([sessionNumber, 0, 0, 0]),
        Buffer.from('abcdefgh\0'),
        capabilities,
        Buffer.from([255, 2, 0, 0x0f, 0x00, 21]),
        Buffer.alloc(10),
        Buffer.from('ijklmnopqrst\0'),
        Buffer.from('mysql_native_password\0'),
      ]),
    ),
  );
}

/** Read by the one engine as MySQL's, by the other as MariaDB's. */
const createUser = `CREATE USER \`app\`@\`%\` IDENTIFIED WITH 'mysql_native_password' AS <secret> IDENTIFIED BY PASSWORD '*${'0'.repeat(40)}'`;

/** As if an ordinary user `app`@`%` had signed in. */
function usualAnswer(statement: string): (socket: Socket) => void {
  if (statement.startsWith('SELECT CURRENT_USER()')) return ownAccount('app@%');
  if (statement.startsWith('SELECT GET_LOCK(')) return row('taken', '1');
  if (statement.startsWith('SELECT @@GLOBAL.read_only')) return row('readOnly', '0');
  if (statement.startsWith('SHOW CREATE USER')) return row('CREATE USER', createUser);
  if (statement === 'SHOW WARNINGS') return row('Code', '1396');
  return ok;
}

/** Says that a statement was done. */
export function ok(socket: Socket): void {
  socket.write(packet(1, Buffer.from([0, 0, 0, 2, 0, 0, 0])));
}

/** Says by a number and a text that something is refused. */
export function refuse(number: number, text: string, sequence = 1): (socket: Socket) => void {
  const code = Buffer.from([0xff, number & 0xff, number >> 8]);
  return (socket) => socket.write(packet(sequence, Buffer.concat([code, Buffer.from(`#HY000${text}`)])));
}

/** Refuses a credential. */
export const refuseSignIn = (number: number, text: string): ((socket: Socket) => void) => refuse(number, text, 2);

/** Asks for a credential by another plugin. */
export function askByPlugin(plugin: string): (socket: Socket) => void {
  return (socket) => socket.write(packet(2, Buffer.from(`\xfe${plugin}\0abcdefghijklmnopqrst\0`, 'latin1')));
}

/** One row with one text. */
export function row(column: string, value: string): (socket: Socket) => void {
  return rowOf({ [column]: value });
}

/** The account that the server made of the session, and the session's number. */
export function ownAccount(account: string, id: number = sessionNumber): (socket: Socket) => void {
  return rowOf({ account, id: String(id) });
}

function rowOf(values: Readonly<Record<string, string>>): (socket: Socket) => void {
  const tail = Buffer.from([0x0c, 0xff, 0, 0xff, 0xff, 0, 0, 0xfd, 0, 0, 0, 0, 0]);
  const end = Buffer.from([0xfe, 0, 0, 2, 0]);
  const columns = Object.keys(values).map((column) => [...['def', '', '', '', column, column].map(text), tail]);
  const bodies = [
    Buffer.from([columns.length]),
    ...columns.map((column) => Buffer.concat(column)),
    end,
    Buffer.concat(Object.values(values).map(text)),
    end,
  ];
  return (socket) => socket.write(Buffer.concat(bodies.map((body, index) => packet(index + 1, body))));
}

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([
    Buffer.from(bytes.length < 251 ? [bytes.length] : [0xfc, bytes.length & 0xff, bytes.length >> 8]),
    bytes,
  ]);
};

function packet(sequence: number, body: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from([body.length & 0xff, (body.length >> 8) & 0xff, body.length >> 16, sequence]),
    body,
  ]);
}
