import { quoteAccount, quoteIdentifier, quoteText } from '../../../adapters/mysql2/quoting';

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

  it('§11.4 takes 255 characters and refuses 256, counted in characters', () => {
    expect(quoteIdentifier('ü`'.repeat(64))).toHaveLength(2 + 64 * 3);
    expect(quoteIdentifier('𝄞'.repeat(255))).toHaveLength(512);
    expect(() => quoteIdentifier('a'.repeat(256))).toThrow(TypeError);
  });

  it.each(['', 'a\0b'])('§11.6 refuses %j', (name) => {
    expect(() => quoteIdentifier(name)).toThrow(TypeError);
  });
});

it('§11.7 both parts of an account are quoted, the host up to 255 characters', () => {
  expect(quoteAccount({ username: "it's", host: '10.0.0.0/255.0.0.0' })).toBe("`it's`@`10.0.0.0/255.0.0.0`");
  expect(quoteAccount({ username: 'app', host: 'h'.repeat(255) })).toContain('h'.repeat(255));
  expect(() => quoteAccount({ username: 'app', host: 'h'.repeat(256) })).toThrow(TypeError);
});

it('a quote in a text is doubled, and a backslash left alone, as a bound session reads them', () => {
  expect(quoteText(`a'b\\'`)).toBe(`'a''b\\'''`);
  expect(() => quoteText('a\0')).toThrow(TypeError);
});
