import {
  alterOwnPassword,
  alterPasswordHash,
  quoteAccount,
  quoteIdentifier,
  quoteText,
  readAccounts,
} from '../../../adapters/mysql/mysql-statements';

const account = { username: 'a`b', host: '%' };
const hash = '*74445CD742AF268FD22866DA0D12758951D638F7';

describe('quoteIdentifier', () => {
  it.each([
    ['app', '`app`'],
    ['a`b', '`a``b`'],
    ["'@'", "`'@'`"],
    ['a\\', '`a\\`'],
    ['%', '`%`'],
    ['; DROP USER b; --', '`; DROP USER b; --`'],
  ])('§11.7 quotes %j as %j', (name, quoted) => {
    expect(quoteIdentifier(name)).toBe(quoted);
  });

  it('§11.4 takes 32 characters and refuses 33, counted in characters', () => {
    expect(quoteIdentifier('ü'.repeat(32))).toHaveLength(34);
    expect(quoteIdentifier('𝄞'.repeat(32))).toHaveLength(66);
    expect(() => quoteIdentifier('a'.repeat(33))).toThrow(TypeError);
  });

  it.each(['', 'a\0b'])('§11.6 refuses %j', (name) => {
    expect(() => quoteIdentifier(name)).toThrow(TypeError);
  });
});

describe('statements', () => {
  it('§11.7 quote both parts of an account, the host up to 255 characters', () => {
    expect(quoteAccount({ username: "it's", host: '10.0.0.0/255.0.0.0' })).toBe("`it's`@`10.0.0.0/255.0.0.0`");
    expect(quoteAccount({ username: 'app', host: 'h'.repeat(255) })).toContain('h'.repeat(255));
    expect(() => quoteAccount({ username: 'app', host: 'h'.repeat(256) })).toThrow(TypeError);
  });

  it('double a quote and leave a backslash alone, as the session reads them', () => {
    expect(quoteText(`a'b\\'`)).toBe(`'a''b\\'''`);
    expect(readAccounts(`a' OR 1 --`)).toContain(`= 'a'' OR 1 --'`);
    expect(() => quoteText('a\0')).toThrow(TypeError);
  });

  it('send a hash as hexadecimal digits, and end a second password with the same statement', () => {
    const hex = Buffer.from(hash).toString('hex').toUpperCase();

    expect(alterPasswordHash({ account, plugin: 'mysql_native_password', hash })).toBe(
      `ALTER USER \`a\`\`b\`@\`%\` IDENTIFIED WITH mysql_native_password AS 0x${hex}, \`a\`\`b\`@\`%\` DISCARD OLD PASSWORD`,
    );
  });

  it.each(['one', '', hash])('§11.15 do not send as a hash of caching_sha2_password what is none: %j', (text) => {
    const alter = (): string => alterPasswordHash({ account, plugin: 'caching_sha2_password', hash: text });

    expect(alter).toThrow(TypeError);
    expect(alter).not.toThrow(/one/);
  });

  it('hold a password only where MySQL leaves no other way, in a form that it always reads', () => {
    const change = { account, newPassword: `it's \\new`, discardOld: false };

    expect(alterOwnPassword(change)).toBe("ALTER USER `a``b`@`%` IDENTIFIED BY 'it''s \\new'");
    expect(alterOwnPassword({ ...change, currentPassword: "o'ld", discardOld: true })).toBe(
      "ALTER USER `a``b`@`%` IDENTIFIED BY 'it''s \\new' REPLACE 'o''ld', `a``b`@`%` DISCARD OLD PASSWORD",
    );
  });
});
