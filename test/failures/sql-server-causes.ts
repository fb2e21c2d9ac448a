import { type Activities } from '../../activities';
import { holdConnection } from '../support/servers/held-connection';
import { type OwnSqlServer } from '../support/servers/sql-server';
import { type Engine } from './sql-causes';
import { sendWrong } from './sql-happenings';
import { type Mend, type SqlEnd, type SqlScene } from './sql-scene';

/** Something that goes wrong with a whole server, and where that leads, whatever the strategy. */
export interface ServerCause extends SqlEnd {
  readonly what: string;
  /** The step that it happens before, in rotations of all kinds. */
  readonly step: keyof Activities;
  /** Yields what sets it right again. */
  readonly happens: (server: OwnSqlServer) => Promise<Mend>;
  /** What happens to each besides, once it has. */
  readonly toEach?: (scene: SqlScene) => Promise<void>;
}

type Happens = ServerCause['happens'];

/** A connection runs it, and holds on until it runs what ends it. */
const held =
  (...[first, last]: [first: readonly string[], last: readonly string[]]): Happens =>
  (server) =>
    holdConnection(server, { first, last });

const set = (...names: readonly string[]): Happens => {
  const all = (how: string): string[] => names.map((name) => `SET GLOBAL ${name} = ${how}`);
  return held(all('ON'), all('OFF').reverse());
};

/** Who comes last restores the limit, before anybody leaves. */
const crowded: Happens = async (server) => {
  const leave = [
    await holdConnection(server, {
      first: ['SET GLOBAL max_connections = 10'],
      last: ['SET GLOBAL max_connections = DEFAULT'],
    }),
  ];
  while (leave.length < 20) {
    const next = await holdConnection(server).catch(() => undefined);
    if (next === undefined) break;
    leave.push(next);
  }
  return async () => {
    for (const one of leave) await one();
  };
};

const away = { type: 'TargetUnavailable', end: 'rotated' } as const;
const conflict = { type: 'TargetConflict', end: 'rotated' } as const;
const readOnly = { type: 'TargetReadOnly', end: 'rotated' } as const;

const flushed = {
  what: 'a backup holds all tables',
  happens: held(['FLUSH TABLES WITH READ LOCK'], ['UNLOCK TABLES']),
};
const locked = {
  what: 'a backup holds back what changes users',
  happens: held(['LOCK INSTANCE FOR BACKUP'], ['UNLOCK INSTANCE']),
};
const onlyTls = { what: 'it admits by TLS only', happens: set('require_secure_transport') };
const full = { what: 'no connection is left', happens: crowded, ...away };

const ofMysql: readonly ServerCause[] = [
  { ...full, step: 'createSecret' },
  { ...full, step: 'setSecret' },
  { what: 'it becomes super-read-only', happens: set('read_only', 'super_read_only'), ...readOnly, step: 'setSecret' },
  { what: 'it becomes read-only', happens: set('read_only'), ...readOnly, step: 'setSecret' },
  { ...flushed, ...conflict, step: 'setSecret' },
  { ...locked, ...conflict, step: 'setSecret' },
  { ...onlyTls, type: 'TlsFailed', end: 'undone', step: 'createSecret' },
  { ...onlyTls, type: 'TlsFailed', end: 'decision', step: 'setSecret' },
];

/** MariaDB 10.11 says that the password is wrong where it admits by TLS only. */
const ofMariadb: readonly ServerCause[] = [
  { ...full, step: 'createSecret' },
  { ...full, step: 'setSecret' },
  { what: 'it becomes read-only', happens: set('read_only'), ...readOnly, step: 'setSecret' },
  { ...flushed, ...away, step: 'setSecret' },
  { ...onlyTls, type: 'SignInRefused', end: 'undone', step: 'createSecret' },
  { ...onlyTls, type: 'SignInRefused', end: 'decision', step: 'setSecret' },
  { ...blockedAfter(3), end: 'undone', step: 'createSecret' },
  { ...blockedAfter(3), end: 'decision', step: 'setSecret' },
];

function blockedAfter(times: number): Pick<ServerCause, 'what' | 'happens' | 'toEach' | 'type'> {
  return {
    what: 'it blocks users after too many wrong passwords',
    happens: held([`SET GLOBAL max_password_errors = ${times}`], ['SET GLOBAL max_password_errors = DEFAULT']),
    toEach: (scene) => sendWrong(scene, { username: scene.application.username, times }),
    type: 'AccountBlocked',
  };
}

/** What really goes wrong with a whole MySQL or MariaDB. */
export const serverCauses: Readonly<Record<Engine, readonly ServerCause[]>> = { mysql: ofMysql, mariadb: ofMariadb };
