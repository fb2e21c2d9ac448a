import fc from 'fast-check';
import { MalformedSecretError } from '../../rotation/errors';
import { SecretValue } from '../../rotation/secret-value';
import { Sensitive } from '../../rotation/sensitive';
import { connectionSecret, secretText } from '../support/secret-text';

const parse = (text: string): SecretValue => SecretValue.parse(new Sensitive(text));
const newPassword = new Sensitive('n3w "pass\\word" €');

/** The text of a secret after its password was changed. */
function changed(text: string, password = newPassword): string {
  return parse(text).withCredential({ password }).text.reveal();
}

describe('a secret that is understood', () => {
  it('tells what AWS’s JSON for databases says', () => {
    const text = secretText({ engine: 'mysql', host: 'h', port: 3306, username: 'u', password: 'p', dbname: 'd' });

    const { connection } = parse(text);

    expect(connection).toMatchObject({ engine: 'mysql', host: 'h', port: 3306, username: 'u', dbname: 'd', tls: true });
    expect(connection.password.reveal()).toBe('p');
  });

  it.each([
    [5432, 5432],
    ['5432', 5432],
    [1, 1],
    [65_535, 65_535],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('reads the port %p as %p', (port, expected) => {
    expect(connectionSecret({ port }).port).toBe(expected);
  });

  it.each([
    ['app', 'app'],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('reads the dbname %p as %p', (dbname, expected) => {
    expect(connectionSecret({ dbname }).dbname).toBe(expected);
  });

  it.each([
    [false, false],
    ['false', false],
    ['FALSE', false],
    [true, true],
    ['true', true],
    ['maybe', true],
    ['', true],
    [0, true],
    [null, true],
    [undefined, true],
  ])('reads ssl %p as TLS %p', (ssl, expected) => {
    expect(connectionSecret({ ssl }).tls).toBe(expected);
  });

  it('finds a key that is written with escapes', () => {
    const text = secretText({ password: undefined }).replace('{', '{"pass\\u0077ord":"p\\u00e4ss",');

    expect(parse(text).connection.password.reveal()).toBe('päss');
  });

  it('is read from a text whose own members shadow what objects inherit', () => {
    const text = secretText().replace('{', '{"__proto__":{"password":"x"},"constructor":1,"toString":null,');

    expect(parse(text).connection.password.reveal()).toBe('first-password');
  });
});

describe('a secret that is refused', () => {
  it.each([
    ['an empty text', ''],
    ['a bare password', 'hunter2hunter2'],
    ['a JSON string', '"hunter2"'],
    ['a list', '[{"password":"hunter2"}]'],
    ['null', 'null'],
    ['a comment', secretText().replace('{', '{/* hunter2 */')],
    ['a trailing comma', secretText().replace('}', ',}')],
    ['something after the object', `${secretText()} hunter2`],
    ['a cut text', secretText({ password: 'hunter2' }).slice(0, -3)],
    ['a byte order mark', `\ufeff${secretText()}`],
  ])('is %s', (_, text) => {
    expect(() => parse(text)).toThrow(MalformedSecretError);
    expect(() => parse(text)).not.toThrow('hunter2');
  });

  it.each(['engine', 'host', 'username', 'password'])('lacks the key %s', (key) => {
    expect(() => parse(secretText({ [key]: undefined }))).toThrow(`lacks the key "${key}"`);
  });

  it.each(
    ['engine', 'host', 'username', 'password'].flatMap((key) =>
      [7, true, null, '', [], {}, 'a\0b'].map((value) => [key, value] as const),
    ),
  )('has no usable %s in %j', (key, value) => {
    expect(() => parse(secretText({ [key]: value }))).toThrow(MalformedSecretError);
    expect(() => parse(secretText({ [key]: value }))).toThrow(`"${key}"`);
  });

  it.each([0, -1, 65_536, 5432.5, '0', '65536', 'postgres', '5432a', ' 5432', '-1', true, [], {}])(
    'has no port in %j',
    (port) => {
      expect(() => parse(secretText({ port }))).toThrow(MalformedSecretError);
    },
  );

  it.each([7, true, [], {}, 'a\0b'])('has no database name in %j', (dbname) => {
    expect(() => parse(secretText({ dbname }))).toThrow(MalformedSecretError);
  });

  it.each(['password', 'extra'])('has the key %s twice', (key) => {
    const text = secretText({ extra: 1 }).replace('}', `,"${key}":"again"}`);

    expect(() => parse(text)).toThrow(`the key "${key}" twice`);
  });

  it('has one key in two spellings', () => {
    const text = secretText().replace('}', ',"pass\\u0077ord":"again"}');

    expect(() => parse(text)).toThrow('the key "password" twice');
  });

  it('is nested too deeply to be read', () => {
    const text = secretText().replace('{', `{"x":${'['.repeat(30_000)}${']'.repeat(30_000)},`);

    expect(() => parse(text)).toThrow(MalformedSecretError);
  });

  it('is one that JSON does not allow, and no other', () => {
    const junk = fc.array(
      fc.constantFrom(...Array.from('{}[],:"\\/*01-+.eE \n\t\r\u00a0\u2028\ufeff\u0000\u001fx_é'), 'true', 'null'),
      {
        maxLength: 6,
      },
    );

    fc.assert(
      fc.property(junk, fc.constantFrom<'value' | 'end' | 'start'>('value', 'end', 'start'), (parts, place) => {
        const text = {
          value: secretText().replace('{', () => `{"x":${parts.join('')},`),
          end: secretText() + parts.join(''),
          start: parts.join('') + secretText(),
        }[place];

        expect(refusalOf(() => parse(text)) === undefined).toBe(
          refusalOf(() => JSON.parse(text) as unknown) === undefined,
        );
      }),
    );
  });
});

describe('a secret with another password', () => {
  it.each([
    ['unknown keys', '{"z":{"a":[1,null]},"engine":"e","host":"h","username":"u","password":"p","masterarn":"arn:x"}'],
    [
      'the order of keys that look like integers',
      '{"10":1,"password":"p","9":2,"username":"u","host":"h","1":3,"engine":"e"}',
    ],
    ['a port that is a text', '{"engine":"e","host":"h","port":"05432","username":"u","password":"p"}'],
    [
      'numbers that no double holds',
      '{"id":12345678901234567890,"f":1.50,"e":1E+2,"engine":"e","host":"h","username":"u","password":"p"}',
    ],
    ['white space', '\n{ "engine" :\t"e",\r\n  "host":"h" , "username":"u","password" \n: "p" }\n\n '],
    [
      'escapes and other scripts',
      '{"engine":"e","host":"h","username":"u","password":"p","a":"\\u00e4\\/ä🔑\\ud83d\\udd11","é":1}',
    ],
    [
      'keys that objects inherit',
      '{"__proto__":{"x":1},"engine":"e","host":"h","username":"u","password":"p","constructor":2}',
    ],
    ['a key that is written with escapes', '{"engine":"e","host":"h","username":"u","pass\\u0077ord":"p"}'],
    [
      'an inner member of the same name',
      '{"inner":{"password":"p"},"engine":"e","host":"h","username":"u","password":"p"}',
    ],
  ])('keeps %s', (_, text) => {
    const at = text.lastIndexOf('"p"');

    expect(changed(text)).toBe(`${text.slice(0, at)}${JSON.stringify(newPassword.reveal())}${text.slice(at + 3)}`);
  });

  it('says the new password and nothing else that is new', () => {
    const value = parse(secretText({ dbname: 'd', ssl: false }));

    const { connection } = value.withCredential({ password: newPassword });

    expect(connection.password.equals(newPassword)).toBe(true);
    expect({ ...connection, password: undefined }).toEqual({ ...value.connection, password: undefined });
  });

  it('may say another username too', () => {
    const text = '{"username": "app", "engine":"e","host":"h", "password":"p"}';

    const value = parse(text).withCredential({ password: new Sensitive('q'), username: 'app_clone' });

    expect(value.text.reveal()).toBe('{"username": "app_clone", "engine":"e","host":"h", "password":"q"}');
    expect(value.connection.username).toBe('app_clone');
  });

  it('leaves the secret that it was made from as it was', () => {
    const value = parse(secretText());

    value.withCredential({ password: newPassword });

    expect(value.text.reveal()).toBe(secretText());
  });

  it('refuses a password that no secret may hold', () => {
    expect(() => parse(secretText()).withCredential({ password: new Sensitive('a\0b') })).toThrow(MalformedSecretError);
  });

  it('differs in the text of the password alone, whatever else is in it', () => {
    const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/);
    const known = ['engine', 'host', 'port', 'username', 'password', 'dbname', 'ssl'];
    const others = fc.uniqueArray(fc.tuple(fc.string({ unit: 'binary' }), fc.json()), {
      selector: ([key]) => key,
      maxLength: 5,
    });
    const passwords = fc.string({ unit: 'binary', minLength: 1 }).filter((password) => !password.includes('\0'));

    const secrets = fc.record({ extra: others, gap: space, place: fc.nat(), before: passwords, after: passwords });

    fc.assert(
      fc.property(secrets, ({ extra, gap, place, before, after }) => {
        const members = extra
          .filter(([key]) => !known.includes(key))
          .map(([key, json]) => `${JSON.stringify(key)}${gap}:${json}`);
        const rest = ['"engine":"e"', '"host":"h"', '"username":"u"', ...members];
        const textWith = (password: string): string => {
          const member = `"password":${gap}${JSON.stringify(password)}`;
          return `${gap}{${rest.toSpliced(place % (rest.length + 1), 0, member).join(`${gap},`)}}${gap}`;
        };

        const value = parse(textWith(before)).withCredential({ password: new Sensitive(after) });

        expect(value.text.reveal()).toBe(textWith(after));
        expect(value.connection.password.reveal()).toBe(after);
      }),
    );
  });
});

function refusalOf(read: () => unknown): unknown {
  try {
    read();
    return undefined;
  } catch (err) {
    return err;
  }
}
