import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { postgresFailures } from '../proof/leaks/failures-of-servers';
import { commonFailures, provokedElsewhere } from '../proof/leaks/provoked-failures';

const root = path.join(__dirname, '../..');

const errors = readFileSync(path.join(root, 'rotation/errors.ts'), 'utf8');
/** The type of each failure that a rotation may show, and of those that only a workflow knows. */
const types = [...errors.matchAll(/override readonly name = '(\w+)'/g)].map(([, name = '']) => name);
const provoked = [...commonFailures, ...postgresFailures].map(({ type }) => type);

test.each([...types, 'GaveUp', 'UnexpectedError'])('a password is searched for after %s', (type) => {
  const elsewhere = provokedElsewhere[type];

  if (elsewhere === undefined) expect(provoked).toContain(type);
  else expect({ elsewhere, isThere: existsSync(path.join(root, elsewhere)) }).toEqual({ elsewhere, isThere: true });
});

test('the types are found', () => {
  expect(types.length).toBeGreaterThan(20);
});
