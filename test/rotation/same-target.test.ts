import { WrongTargetError } from '../../rotation/errors';
import { assertSameTarget, isSameTarget } from '../../rotation/same-target';
import { connectionSecret } from '../support/secret-text';

const elsewhere = [
  ['engine', { engine: 'mysql' }],
  ['host', { host: 'db.evil' }],
  ['port', { port: 5433 }],
  ['port, left out', { port: undefined }],
  ['database', { dbname: 'other' }],
  ['TLS', { ssl: false }],
] as const;

describe('the target of two secrets', () => {
  it('is the same where only the credential differs', () => {
    expect(isSameTarget(connectionSecret(), connectionSecret({ password: 'other', username: 'app_clone' }))).toBe(true);
  });

  it('is the same where one writes the port as a text', () => {
    expect(isSameTarget(connectionSecret(), connectionSecret({ port: '5432' }))).toBe(true);
  });

  it.each(elsewhere)('differs by the %s', (_, members) => {
    expect(isSameTarget(connectionSecret(), connectionSecret(members))).toBe(false);
  });
});

describe('a pending version', () => {
  const current = connectionSecret();

  it('is accepted on the same target under the allowed username', () => {
    const pending = connectionSecret({ password: 'second', username: 'app_clone' });

    expect(() => {
      assertSameTarget({ current, pending }, 'app_clone');
    }).not.toThrow();
  });

  it.each(elsewhere)('is refused with another %s', (_, members) => {
    const pending = connectionSecret({ password: 'canary-0c', ...members });

    expect(() => {
      assertSameTarget({ current, pending }, 'app');
    }).toThrow(WrongTargetError);
  });

  it('is refused with a username that is not allowed', () => {
    const pending = connectionSecret({ username: 'admin' });

    expect(() => {
      assertSameTarget({ current, pending }, 'app');
    }).toThrow('names the user "admin" instead of "app"');
  });
});
