import fc from 'fast-check';
import { ConfigurationInvalidError } from '../../../rotation/errors';
import { parseRotationRules } from '../../../rotation/schedule/parse-rotation-rules';
import { type RotationRules } from '../../../rotation/schedule/rotation-rules';

/** To the millisecond, across leap days, month ends and the century. */
export const anyInstant: fc.Arbitrary<Date> = fc.oneof(
  fc.date({ min: new Date('2020-01-01T00:00:00Z'), max: new Date('2110-01-01T00:00:00Z'), noInvalidDate: true }),
  fc
    .tuple(
      fc.constantFrom('2028-02-28', '2028-02-29', '2027-02-28', '2026-12-31', '2027-04-30', '2026-10-25', '2027-03-28'),
      fc.nat({ max: 86_399_999 }),
    )
    .map(([date, ms]) => new Date(Date.parse(date) + ms)),
);

const anyDays = fc.integer({ min: 1, max: 1000 }).map((days) => ({ automaticallyAfterDays: days }));

const anyRate = fc
  .oneof(
    fc.integer({ min: 4, max: 200 }).map((hours) => `${hours} hours`),
    fc.integer({ min: 1, max: 999 }).map((days) => `${days} days`),
  )
  .map((rate) => ({ scheduleExpression: `rate(${rate})` }));

const anyCron = fc
  .tuple(
    fc.constantFrom('0', '8', '10', '22', '23', '/4', '/6', '/7', '/8', '2/10', '1/5', '3/20'),
    fc.constantFrom('* *', '1 *', '15,L *', '31 *', '29 2', '28-31 *', 'SUNL *', '*/3 *', '1 1/3', 'L 2,4').map(onDays),
  )
  .map(([hours, days]) => ({ scheduleExpression: `cron(0 ${hours} ${days})` }));

const anyWeekdayCron = fc
  .tuple(
    fc.constantFrom('0', '9', '23', '/12'),
    fc.constantFrom('MON-FRI', 'SAT', 'TUE#3', 'MON#5', 'FRIL', 'L', '1/2'),
  )
  .map(([hours, weekday]) => ({ scheduleExpression: `cron(0 ${hours} ? * ${weekday} *)` }));

function onDays(dayAndMonth: string): string {
  return `${dayAndMonth} ? *`;
}

/** Valid rules of every kind, with and without a duration. */
export const anyRules: fc.Arbitrary<RotationRules> = fc
  .tuple(
    fc.oneof(anyDays, anyRate, anyCron, anyWeekdayCron),
    fc.oneof(
      fc.constant({}),
      fc.integer({ min: 1, max: 24 }).map((hours) => ({ duration: `${hours}h` })),
    ),
  )
  .map(([rule, duration]) => ({ ...rule, ...duration }))
  .filter(isValid);

function isValid(rules: RotationRules): boolean {
  try {
    parseRotationRules(rules);
    return true;
  } catch (err) {
    if (err instanceof ConfigurationInvalidError) return false;
    throw err;
  }
}
