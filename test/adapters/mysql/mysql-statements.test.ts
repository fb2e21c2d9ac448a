import { alterOwnPassword, alterPasswordHash, readAccounts } from '../../../adapters/mysql/mysql-statements';

const account = { username: 'a`b', host: '%' };
const hash = '*74445CD742AF268FD22866DA0D12758951D638F7';

describe('statements', () => {
  it('double a quote and leave a backslash alone, as the session reads them', () => {
    expect(readAccounts(`a' OR 1 --`)).toContain(`= 'a'' OR 1 --'`);
  });

  it('send a hash as hexadecimal digits, and end a second password with the same statement', () => {
    const hex = Buffer.from(hash).toString('hex').toUpperCase();

    expect(alterPasswordHash({ account, plugin: 'mysql_native_password', hash })).toBe(
      `ALTER USER \`a\`\`b\`@\`%\` IDENTIFIED WITH mysql_native_password AS 0x${hex}, \`a\`\`b\`@\`%\` DISCARD OLD PASSWORD`,
    );
  });

  it.each(['one', '', hash])('do not send as a hash of caching_sha2_password what is none: %j [§11.15]', (text) => {
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
