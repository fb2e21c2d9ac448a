import { MariadbEngine } from '../../../adapters/mariadb';
import { MalformedSecretError } from '../../../rotation/errors';
import { type ConnectionSecret } from '../../../rotation/secret-value';
import { Sensitive } from '../../../rotation/sensitive';

const engine = new MariadbEngine();
const secret: ConnectionSecret = {
  engine: 'mariadb',
  host: 'db.internal',
  username: 'app',
  password: new Sensitive('old'),
  tls: true,
};
const validate = (change: Partial<ConnectionSecret>) => (): void => {
  engine.validate({ ...secret, ...change });
};

it.each([
  {},
  { port: 1 },
  { port: 65_535 },
  { dbname: 'd'.repeat(64) },
  { host: '::1' },
  { username: 'u'.repeat(128) },
  { username: 'ü'.repeat(128) },
  { username: "'" },
  { username: "it's" },
  { username: 'a`b; --' },
  { password: new Sensitive(' \t\n') },
  { password: new Sensitive('pässwörd') },
])('validate takes %j', (change) => {
  expect(validate(change)).not.toThrow();
});

it.each([
  { username: '' },
  { username: 'a\0b' },
  { username: 'app ' },
  { username: "'app'" },
  { username: 'u'.repeat(129) },
  { username: 'key🔑' },
  { username: `${'u'.repeat(123)}_clone` },
  { host: '' },
  { host: 'db\0' },
  { host: '/run/mysqld/mysqld.sock' },
  { port: 0 },
  { port: 65_536 },
  { port: 3306.5 },
  { dbname: '' },
  { dbname: 'd'.repeat(65) },
  { password: new Sensitive('') },
  { password: new Sensitive('a\0b') },
])('validate refuses %j [§11.4] [§11.6] [§11.11]', (change) => {
  expect(validate(change)).toThrow(MalformedSecretError);
});

it('validate tells how long the name is [§11.4]', () => {
  expect(validate({ username: 'ü'.repeat(129) })).toThrow(/129 characters/);
});
