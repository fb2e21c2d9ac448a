import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { strategyNames } from '../../../rotation/strategies/rotation-strategy';
import { cells, nameOf } from './cells';
import { renderTable } from './render';
import { ruleFor, rules } from './rules';

const document = path.join(__dirname, '../../../docs/state-table.md');

test('every cell has a rule', () => {
  expect(cells).toHaveLength(4 * 6 * 5 * strategyNames.length * 2);
  expect(cells.filter((cell) => ruleFor(cell) === undefined).map(nameOf)).toEqual([]);
});

test('every rule holds for a cell', () => {
  const used = new Set(cells.map(ruleFor));

  expect(rules.flatMap((rule, at) => (used.has(rule) ? [] : [at + 1]))).toEqual([]);
});

test('how many passwords a user can have makes no difference where two users take turns', () => {
  const differing = cells.filter(
    (cell) => cell.strategy === 'alternating-users' && ruleFor(cell) !== ruleFor({ ...cell, passwords: 'one' }),
  );

  expect(differing.map(nameOf)).toEqual([]);
});

test('no rotation ends with the password of AWSCURRENT refused, unless it was promoted before or waits', () => {
  const ends = cells.flatMap((cell) => {
    const then = ruleFor(cell)?.then;
    return then?.end === 'undone' || then?.end === 'gives way' ? [{ cell, then }] : [];
  });
  const refused = ends.filter(({ cell, then }) => {
    const accepted = then.accepts === 'as before' ? cell.database : then.accepts;
    return !accepted.split(' and ').includes('current');
  });

  expect(ends.length).toBeGreaterThan(100);
  expect(refused.map(({ cell }) => nameOf(cell))).toEqual([]);
});

test('docs/state-table.md is the table as it is here', () => {
  const rendered = renderTable();
  if (process.env.ROTOR_RENDER === 'true') writeFileSync(document, rendered);

  expect(readFileSync(document, 'utf8')).toBe(rendered);
});
