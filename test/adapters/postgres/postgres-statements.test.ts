import { alterRolePassword, changeRolePassword, quoteIdentifier } from '../../../adapters/postgres/postgres-statements';

const verifier =
  'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=';

describe('quoteIdentifier', () => {
  it.each([
    ['app', '"app"'],
    ['App', '"App"'],
    ['a"b', '"a""b"'],
    ['"', '""""'],
    ['""', '""""""'],
    ["a'b", `"a'b"`],
    ['a\\b', '"a\\b"'],
    ['a; DROP ROLE b; --', '"a; DROP ROLE b; --"'],
    ['current_user', '"current_user"'],
    [' ', '" "'],
    ['$1', '"$1"'],
    ['$$', '"$$"'],
    ['new\nline', '"new\nline"'],
    ['приложение', '"приложение"'],
  ])('quotes %j as %j [§11.1]', (name, quoted) => {
    expect(quoteIdentifier(name)).toBe(quoted);
  });

  it('takes 63 bytes and refuses 64, counted in bytes [§11.3]', () => {
    expect(quoteIdentifier('a'.repeat(63))).toHaveLength(65);
    expect(quoteIdentifier('é'.repeat(31))).toHaveLength(33);
    expect(() => quoteIdentifier('a'.repeat(64))).toThrow(TypeError);
    expect(() => quoteIdentifier('é'.repeat(32))).toThrow(TypeError);
  });

  it.each(['', 'a\0b'])('refuses %j [§11.6]', (name) => {
    expect(() => quoteIdentifier(name)).toThrow(TypeError);
  });
});

describe('alterRolePassword', () => {
  it('names the role and sends the verifier', () => {
    expect(alterRolePassword({ username: 'a"b', verifier })).toBe(`ALTER ROLE "a""b" PASSWORD '${verifier}'`);
  });

  it.each(['pencil', '', `${verifier}'`, `${verifier}' VALID UNTIL 'infinity`, verifier.slice(1)])(
    'refuses what PostgreSQL would take for the password itself: %j [§11.15]',
    (text) => {
      expect(() => alterRolePassword({ username: 'app', verifier: text })).toThrow(TypeError);
    },
  );

  it('does not repeat the refused text', () => {
    expect(() => alterRolePassword({ username: 'app', verifier: 'pencil' })).not.toThrow(/pencil/);
  });
});

describe('changeRolePassword', () => {
  const change = { username: 'app', verifier, noticesLostClient: false, leavesRole: false };

  it('bounds the one transaction that it is', () => {
    expect(changeRolePassword(change)).toBe(
      `SELECT pg_catalog.set_config('lock_timeout', '5000', true), ` +
        `pg_catalog.set_config('statement_timeout', '15000', true); ALTER ROLE "app" PASSWORD '${verifier}'`,
    );
  });

  it('lets the server notice a lost client, and leaves the configured role, where it is told to', () => {
    const text = changeRolePassword({ ...change, noticesLostClient: true, leavesRole: true });

    expect(text).toContain(`set_config('client_connection_check_interval', '1000', true)`);
    expect(text).toContain(`set_config('role', 'none', true)`);
  });
});
