import { ConfigurationInvalidError } from '../../../rotation/errors';
import { parseRotationRules } from '../../../rotation/schedule/parse-rotation-rules';
import { defaultRotationRules } from '../../../rotation/schedule/rotation-rules';

const messageOf = (input: unknown): string => {
  try {
    parseRotationRules(input);
  } catch (err) {
    if (err instanceof ConfigurationInvalidError) return err.message;
    throw err;
  }
  return 'accepted';
};

const cron = (fields: string): { scheduleExpression: string } => ({ scheduleExpression: `cron(${fields})` });
const rate = (text: string): { scheduleExpression: string } => ({ scheduleExpression: `rate(${text})` });

describe('rotation rules', () => {
  it.each([
    { automaticallyAfterDays: 1 },
    { automaticallyAfterDays: 1000 },
    { automaticallyAfterDays: 30, duration: '1h' },
    { automaticallyAfterDays: 30, duration: '24h' },
    defaultRotationRules,
    rate('4 hours'),
    rate('4 hour'),
    rate('5 hours'),
    rate('1 day'),
    rate('1 days'),
    rate('10 days'),
    rate('999 days'),
    rate('23976 hours'),
    { ...rate('4 hours'), duration: '4h' },
    { ...rate('10 hours'), duration: '2h' },
    { ...rate('48 hours'), duration: '24h' },
    { ...rate('10 days'), duration: '24h' },
  ])('%j are taken as they are', (rules) => {
    expect(parseRotationRules(rules)).toEqual(rules);
  });

  it('leave out what is undefined', () => {
    const rules = parseRotationRules({ automaticallyAfterDays: 7, scheduleExpression: undefined, duration: undefined });

    expect(Object.keys(rules)).toEqual(['automaticallyAfterDays']);
  });

  it.each([
    { input: undefined, message: 'The rotation rules must be an object.' },
    { input: null, message: 'The rotation rules must be an object.' },
    { input: 30, message: 'The rotation rules must be an object.' },
    { input: 'rate(10 days)', message: 'The rotation rules must be an object.' },
    { input: [30], message: 'The rotation rules must be an object.' },
    { input: {}, message: 'Give automaticallyAfterDays or scheduleExpression.' },
    { input: { duration: '3h' }, message: 'Give automaticallyAfterDays or scheduleExpression.' },
    {
      input: { automaticallyAfterDays: 30, ...rate('30 days') },
      message: 'Give automaticallyAfterDays or scheduleExpression, not both.',
    },
    {
      input: { AutomaticallyAfterDays: 30 },
      message:
        'Rotation rules have automaticallyAfterDays, scheduleExpression, duration, but no "AutomaticallyAfterDays".',
    },
    ...[0, -1, 1001, 1.5, NaN, Infinity].map((days) => ({
      input: { automaticallyAfterDays: days },
      message: `automaticallyAfterDays must be a whole number from 1 to 1000, not ${days}.`,
    })),
    ...['30', null, true].map((days) => ({
      input: { automaticallyAfterDays: days },
      message: 'automaticallyAfterDays must be a whole number from 1 to 1000.',
    })),
    { input: { scheduleExpression: 30 }, message: 'scheduleExpression must be a text such as "rate(10 days)".' },
    { input: { scheduleExpression: null }, message: 'scheduleExpression must be a text such as "rate(10 days)".' },
    { input: { automaticallyAfterDays: 1, duration: 3 }, message: 'duration must be a text such as "3h".' },
  ])('$input are refused: $message', ({ input, message }) => {
    expect(messageOf(input)).toBe(message);
  });
});

describe('a schedule expression', () => {
  it.each([
    { text: '', message: 'scheduleExpression is rate(…) or cron(…), not "".' },
    { text: '10 days', message: 'scheduleExpression is rate(…) or cron(…), not "10 days".' },
    { text: 'at(10 days)', message: 'scheduleExpression is rate(…) or cron(…), not "at(10 days)".' },
    { text: 'Rate(10 days)', message: 'scheduleExpression is rate(…) or cron(…), not "Rate(10 days)".' },
    { text: ' rate(10 days)', message: 'scheduleExpression is rate(…) or cron(…), not " rate(10 days)".' },
    { text: 'rate(10 days', message: 'scheduleExpression is rate(…) or cron(…), not "rate(10 days".' },
    { text: 'rate(10 days)\n', message: String.raw`scheduleExpression cannot hold the character "\n".` },
    { text: 'rate(10\tdays)', message: String.raw`scheduleExpression cannot hold the character "\t".` },
    { text: 'cron(0 8 ? * MON–FRI *)', message: 'scheduleExpression cannot hold the character "–".' },
    { text: 'cron(0 8 15W * ? *); DROP', message: 'scheduleExpression cannot hold the character ";".' },
    { text: `rate(${' '.repeat(251)}1)`, message: 'scheduleExpression has at most 256 characters.' },
  ])('"$text" is refused: $message', ({ text, message }) => {
    expect(messageOf({ scheduleExpression: text })).toBe(message);
  });

  it('has at most 256 characters', () => {
    const longest = `cron(0 8 ${'1,'.repeat(119)}11 * ? *)`;
    const tooLong = `cron(0 8 ${'1,'.repeat(119)}1,1 * ? *)`;

    expect([longest.length, tooLong.length]).toEqual([256, 257]);
    expect(messageOf({ scheduleExpression: longest })).toBe('accepted');
    expect(messageOf({ scheduleExpression: tooLong })).toBe('scheduleExpression has at most 256 characters.');
  });
});

describe('a rate', () => {
  it.each(['3 hours', '1 hour', '1000 days', '23977 hours', '99999999999999999999 days'])(
    'of %s is refused for its length',
    (text) => {
      expect(messageOf(rate(text))).toBe(`A rate is at least 4 hours and at most 999 days, not ${text}.`);
    },
  );

  it.each([
    ...['0 days', '-1 days', '1.5 days', '010 days', '10', 'days', '10days', '10  days', '10 Days'],
    ...[' 10 days', '10 days ', '10 minutes', '10 weeks', '1 months', '10 days 4 hours', '', '* days', '1e2 days'],
  ])('of "%s" is refused for its form', (text) => {
    expect(messageOf(rate(text))).toMatch(
      /^(A rate is a positive whole number, a space and hour, hours, day or days, not ".*"|scheduleExpression cannot hold the character "\.")\.$/,
    );
  });
});

describe('a cron expression', () => {
  it.each([
    '0 /8 * * ? *',
    '0 8/8 * * ? *',
    '0 2/10 * * ? *',
    '0 4/12 * * ? *',
    '0 10 * * ? *',
    '0 0 * * ? *',
    '0 23 * * ? *',
    '0 18 ? * SAT *',
    '0 8 1 * ? *',
    '0 1 ? 1/3 SUN#1 *',
    '0 17 L * ? *',
    '0 8 ? * MON-FRI *',
    '0 16 1,15 * ? *',
    '0 0 ? * SUN#1 *',
    '0 0 ? 1/11 2#1 *',
  ])('"%s" of the examples on AWS\'s page is taken', (fields) => {
    expect(messageOf(cron(fields))).toBe('accepted');
  });

  it.each([
    '0 8 SUNL * ? *',
    '0 8 1-15 * ? *',
    '0 8 1/2 * ? *',
    '0 8 1-15/2 * ? *',
    '0 8 */2 * ? *',
    '0 8 1,L * ? *',
    '0 8 29 2 ? *',
    '0 8 31 * ? *',
    '0 8 31 1,2,4 ? *',
    '0 8 1 JAN,APR,JUL,OCT ? *',
    '0 8 1 JAN-MAR ? *',
    '0 8 1 jan ? *',
    '0 8 ? * 1,4 *',
    '0 8 ? * 1-4 *',
    '0 8 ? * 1/2 *',
    '0 8 ? * L *',
    '0 8 ? * 6L *',
    '0 8 ? * FRIL *',
    '0 8 ? * fri *',
    '0 8 ? * MON#5 *',
    '0 8 ? 2 MON#5 *',
    '0 8 ? * MON#1,MON#3 *',
    '0 3/20 * * ? *',
    '0 /7 1 * ? *',
    '0  10 *  * ? *',
  ])('"%s" is taken', (fields) => {
    expect(messageOf(cron(fields))).toBe('accepted');
  });

  it.each([
    { fields: '5 8 * * ? *', message: /minutes field .* "5": it must be 0, windows open on the hour\.$/ },
    { fields: '* 8 * * ? *', message: /minutes field .* "\*": it must be 0/ },
    { fields: '00 8 * * ? *', message: /minutes field .* "00": it must be 0/ },
    { fields: '0/30 8 * * ? *', message: /minutes field .* "0\/30": it must be 0/ },
    { fields: '0 8 * * ? 2027', message: /year field .* "2027": it must be \*\.$/ },
    { fields: '0 8 * * ? 2027/1', message: /year field .* "2027\/1": it must be \*\.$/ },
    { fields: '0 8 * * ?', message: /has six fields: .*; not 5\.$/ },
    { fields: '0 0 8 * * ? *', message: /has six fields: .*; not 7\.$/ },
    { fields: '', message: /has six fields: .*; not 1\.$/ },
    { fields: '0 24 * * ? *', message: /hours field .* "24": its values are 0 to 23\.$/ },
    { fields: '0 24/4 * * ? *', message: /hours field .* "24": its values are 0 to 23\.$/ },
    ...['*', '*/8', '8,20', '8-20', '8-20/4', '?', 'L', '8/', '/', 'MON', '-1'].map((hour) => ({
      fields: `0 ${hour} * * ? *`,
      message: /hours field .* it is a number from 0 to 23 or an increment such as 2\/10 or \/8\.$/,
    })),
    { fields: '0 /0 * * ? *', message: /hours field .* "\/0": an increment is a number from 1 to 23\.$/ },
    { fields: '0 /24 * * ? *', message: /hours field .* "\/24": an increment is a number from 1 to 23\.$/ },
    { fields: '0 /3 * * ? *', message: /hours field .* "\/3": a secret rotates at most every 4 hours\.$/ },
    { fields: '0 20/1 1 * ? *', message: /hours field .* "20\/1": a secret rotates at most every 4 hours\.$/ },
    { fields: '0 /7 * * ? *', message: /hours field .* "\/7": from the last window of a day to the first of the next/ },
    { fields: '0 /23 ? * SAT,SUN *', message: /hours field .* "\/23": from the last window of a day/ },
    { fields: '0 /23 1,L * ? *', message: /hours field .* "\/23": from the last window of a day/ },
    {
      fields: '0 8 * * * *',
      message: /day-of-week field .* "\*": day-of-month is given; one of the two must be \?\.$/,
    },
    { fields: '0 8 1 * MON *', message: /day-of-week field .* "MON": day-of-month is given; one of the two/ },
    { fields: '0 8 ? * ? *', message: /day-of-week field .* "\?": day-of-month is \? too; give one of the two\.$/ },
    { fields: '0 8 0 * ? *', message: /day-of-month field .* "0": its values are 1 to 31\.$/ },
    { fields: '0 8 32 * ? *', message: /day-of-month field .* "32": its values are 1 to 31\.$/ },
    { fields: '0 8 15W * ? *', message: /day-of-month field .* "15W": its values are 1 to 31\.$/ },
    { fields: '0 8 MON * ? *', message: /day-of-month field .* "MON": its values are 1 to 31\.$/ },
    { fields: '0 8 5L * ? *', message: /day-of-month field .* "5L": its values are 1 to 31\.$/ },
    { fields: '0 8 1#2 * ? *', message: /day-of-month field .* "1#2": its values are 1 to 31\.$/ },
    { fields: '0 8 15-1 * ? *', message: /day-of-month field .* "15-1": a range runs from the lower to the higher/ },
    { fields: '0 8 1-2-3 * ? *', message: /day-of-month field .* "1-2-3": a range has one dash\.$/ },
    { fields: '0 8 1/2/3 * ? *', message: /day-of-month field .* "1\/2\/3": it has more than one slash\.$/ },
    { fields: '0 8 1/32 * ? *', message: /day-of-month field .* "\/32": an increment is a number from 1 to 31\.$/ },
    { fields: '0 8 1, * ? *', message: /day-of-month field .* "": its values are 1 to 31\.$/ },
    { fields: '0 8 1,* * ? *', message: /day-of-month field .* "\*": in a list there is no wildcard/ },
    { fields: '0 8 1,? * ? *', message: /day-of-month field .* "\?": its values are 1 to 31\.$/ },
    { fields: '0 8 1 13 ? *', message: /month field .* "13": its values are 1 to 12 or JAN to DEC\.$/ },
    { fields: '0 8 1 0 ? *', message: /month field .* "0": its values are 1 to 12 or JAN to DEC\.$/ },
    { fields: '0 8 1 ? ? *', message: /month field .* "\?": its values are 1 to 12 or JAN to DEC\.$/ },
    { fields: '0 8 1 L ? *', message: /month field .* "L": its values are 1 to 12 or JAN to DEC\.$/ },
    { fields: '0 8 1 JANUARY ? *', message: /month field .* "JANUARY": its values are 1 to 12 or JAN to DEC\.$/ },
    { fields: '0 8 1 NOV-FEB ? *', message: /month field .* "NOV-FEB": a range runs from the lower to the higher/ },
    { fields: '0 8 ? * 0 *', message: /day-of-week field .* "0": its values are 1 to 7 or SUN to SAT\.$/ },
    { fields: '0 8 ? * 8 *', message: /day-of-week field .* "8": its values are 1 to 7 or SUN to SAT\.$/ },
    { fields: '0 8 ? * FRI-MON *', message: /day-of-week field .* "FRI-MON": a range runs from the lower to the/ },
    { fields: '0 8 ? * 8L *', message: /day-of-week field .* "8L": its values are 1 to 7 or SUN to SAT\.$/ },
    ...['MON#0', 'MON#6', 'MON#', '#2', '8#1', 'MON#1#2', 'L#1'].map((item) => ({
      fields: `0 8 ? * ${item} *`,
      message: /day-of-week field .* before # stands a day of the week, after it a number from 1 to 5\.$/,
    })),
    { fields: '0 8 30 2 ? *', message: /"0 8 30 2 \? \*" names a day that never comes\.$/ },
    { fields: '0 8 31 2,4,6,9,11 ? *', message: /names a day that never comes\.$/ },
  ])('"$fields" is refused', ({ fields, message }) => {
    expect(messageOf(cron(fields))).toMatch(message);
  });
});

describe('the duration of a window', () => {
  it.each(['0h', '00h', '25h', '99h', '3', 'h', '', '3H', '3 h', '3m', '1.5h', '-1h', '100h', ' 3h'])(
    'of "%s" is refused for its form',
    (duration) => {
      expect(messageOf({ automaticallyAfterDays: 30, duration })).toBe(
        `duration is a number of hours from 1h to 24h, not "${duration}".`,
      );
    },
  );

  it.each([
    { ...rate('4 hours'), longest: 4 },
    { ...rate('6 hours'), longest: 6 },
    { ...rate('24 hours'), longest: 24 },
    { ...rate('5 hours'), longest: 1 },
    { ...rate('10 hours'), longest: 2 },
    { ...rate('36 hours'), longest: 12 },
    { ...rate('1 day'), longest: 24 },
    { ...cron('0 0 * * ? *'), longest: 24 },
    { ...cron('0 10 * * ? *'), longest: 14 },
    { ...cron('0 22 1 * ? *'), longest: 2 },
    { ...cron('0 23 1 * ? *'), longest: 1 },
    { ...cron('0 /8 * * ? *'), longest: 8 },
    { ...cron('0 2/8 * * ? *'), longest: 6 },
    { ...cron('0 2/10 * * ? *'), longest: 2 },
    { ...cron('0 3/20 * * ? *'), longest: 1 },
  ])('by $scheduleExpression is at most $longest hours', ({ scheduleExpression, longest }) => {
    expect(messageOf({ scheduleExpression, duration: `${longest}h` })).toBe('accepted');
    expect(messageOf({ scheduleExpression, duration: `${longest + 1}h` })).toMatch(
      longest === 24
        ? /^duration is a number of hours from 1h to 24h/
        : new RegExp(
            `^A window of ${longest + 1}h reaches into the next window .* here it lasts at most ${longest}h.$`,
          ),
    );
  });
});
