import { quoteAccount, quoteIdentifier, quoteText } from '../../../adapters/mysql2/quoting';

describe('quoteIdentifier', () => {
  it.each([
    ['app', '`app`'],
    ['a`b', '`a``b`'],
    ["'@'", "`'@'`"],
    ['a\\', '`a\\`'],
    ['%', '`%`'],
    ['; DROP USER b; --', '`; DROP USER b; --`'],
  ])('quotes %j as %j [§11.7]', (name, quoted) => {
    expect(quoteIdentifier(name)).toBe(quoted);
  });

  it('takes 255 characters and refuses 256, counted in characters [§11.4]', () => {
    expect(quoteIdentifier('ü`'.repeat(64))).toHaveLength(2 + 64 * 3);
    expect(quoteIdentifier('𝄞'.repeat(255))).toHaveLength(512);
    expect(() => quoteIdentifier('a'.repeat(256))).toThrow(TypeError);
  });

  it.each(['', 'a\0b'])('refuses %j [§11.6]', (name) => {
    expect(() => quoteIdentifier(name)).toThrow(TypeError);
  });
});

it('both parts of an account are quoted, the host up to 255 characters [§11.7]', () => {
  expect(quoteAccount({ username: "it's", host: '10.0.0.0/255.0.0.0' })).toBe("`it's`@`10.0.0.0/255.0.0.0`");
  expect(quoteAccount({ username: 'app', host: 'h'.repeat(255) })).toContain('h'.repeat(255));
  expect(() => quoteAccount({ username: 'app', host: 'h'.repeat(256) })).toThrow(TypeError);
});

it('a quote in a text is doubled, and a backslash left alone, as a bound session reads them', () => {
  expect(quoteText(`a'b\\'`)).toBe(`'a''b\\'''`);
  expect(() => quoteText('a\0')).toThrow(TypeError);
});
