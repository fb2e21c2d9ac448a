import { randomBytes } from 'node:crypto';
import { findLeaks } from '../support/leak-scanner';

const value = `${randomBytes(18).toString('base64')}"\\'&%~ü`;
const canaries = [{ name: 'canary', value }];
const bytes = Buffer.from(value);

test.each<[string, string | Buffer]>([
  ['raw', `user=app password=${value} x`],
  ['raw', Buffer.concat([randomBytes(100), bytes, randomBytes(100)])],
  ['base64', Buffer.from(`{"p":"${value}"}`).toString('base64')],
  ['base64', Buffer.from(`x${value}yz`).toString('base64')],
  ['base64', Buffer.from(`xy${value}z`).toString('base64')],
  ['base64', Buffer.from(`xyz${value}`).toString('base64url')],
  ['hex', `\\x${bytes.toString('hex')}`],
  ['hex', bytes.toString('hex').toUpperCase()],
  ['URL-escaped', `postgres://app:${encodeURIComponent(value)}@host`],
  ['JSON-escaped', JSON.stringify({ password: value })],
  ['JSON-escaped', JSON.stringify({ secret: JSON.stringify({ password: value }) })],
  ['SQL-escaped', `ALTER ROLE app PASSWORD '${value.replaceAll("'", "''")}'`],
  ['UTF-16', Buffer.from(`x${value}`, 'utf16le')],
])('a planted value is found %s', (encoding, content) => {
  expect(findLeaks(content, canaries)).toContain(`canary, ${encoding}`);
});

test('what holds no planted value is clean', () => {
  expect(findLeaks(randomBytes(100_000), canaries)).toEqual([]);
  expect(findLeaks(`password=${value.slice(1)}`, canaries)).toEqual([]);
});

test('a finding does not repeat the value', () => {
  expect(findLeaks(value, canaries).join()).not.toContain(value);
});
