import {
  nativeAuthentication,
  parseAuthentications,
  renderAuthentications,
} from '../../../adapters/mariadb/authentication-list';
import { setOwnPassword } from '../../../adapters/mariadb/mariadb-statements';

const one = '*74445CD742AF268FD22866DA0D12758951D638F7';
const two = '*A41BEE51488264C01B96DE959A9142AF1A75205E';

describe('parseAuthentications', () => {
  it.each([
    [`IDENTIFIED BY PASSWORD '${one}'`, [{ plugin: 'mysql_native_password', using: one }]],
    [`IDENTIFIED VIA unix_socket`, [{ plugin: 'unix_socket' }]],
    [
      `IDENTIFIED VIA mysql_native_password USING '${two}' OR mysql_native_password USING '${one}' REQUIRE SSL`,
      [nativeAuthentication(two), nativeAuthentication(one)],
    ],
    [
      `IDENTIFIED VIA ed25519 USING 'a''b' OR pam OR gssapi USING 'x OR y' WITH MAX_QUERIES_PER_HOUR 5`,
      [{ plugin: 'ed25519', using: "a'b" }, { plugin: 'pam' }, { plugin: 'gssapi', using: 'x OR y' }],
    ],
    ['', []],
    ['REQUIRE SSL', []],
    ['IDENTIFIED VIA ?', []],
  ])('reads %s [§11.58]', (clause, list) => {
    expect(parseAuthentications(`CREATE USER \`app\`@\`%\` ${clause}`)).toEqual(list);
  });
});

describe('renderAuthentications', () => {
  it('states all in their order [§11.58]', () => {
    expect(renderAuthentications([nativeAuthentication(two), { plugin: 'unix_socket' }])).toBe(
      `IDENTIFIED VIA mysql_native_password USING '${two}' OR unix_socket`,
    );
    expect(renderAuthentications([{ plugin: 'pam', using: "it's" }])).toBe("IDENTIFIED VIA pam USING 'it''s'");
  });

  it.each([
    [[]],
    [[{ plugin: 'mysql_native_password', using: 'second' }]],
    [[{ plugin: 'mysql_native_password' }]],
    [[{ plugin: "x' OR" }]],
  ])('refuses %j and does not repeat it [§11.15]', (list) => {
    expect(() => renderAuthentications(list)).toThrow(TypeError);
    expect(() => renderAuthentications(list)).not.toThrow(/second/);
  });
});

describe('statements', () => {
  it.each(['', 'second', `${one}'`, one.toLowerCase()])('do not send %j as a hash [§11.15]', (text) => {
    expect(() => setOwnPassword(text)).toThrow(TypeError);
  });
});
