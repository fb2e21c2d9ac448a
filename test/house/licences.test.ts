import { licencesOf, licensedPackages } from '../support/read-licences';

/** Licences that ask for no more than to be named. */
const permissive = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
  'Zlib',
];

/** Packages that are looked at by a person: data under a licence for texts, or one whose metadata says nothing. */
const lookedAt: Readonly<Record<string, string>> = {
  'node_modules/argparse': 'Python-2.0 is permissive; under it are parts that come from Python',
  'node_modules/caniuse-lite': 'CC-BY-4.0: a table of browsers, which webpack reads',
  'node_modules/spdx-exceptions': 'CC-BY-3.0: a list of names, which the linter reads',
  'node_modules/unionfs': 'Unlicense, in its LICENSE file',
};

const packages = licensedPackages();

function isPermissive(licences: readonly string[]): boolean {
  return licences.length > 0 && licences.every((licence) => permissive.includes(licence));
}

test('every package that Rotor runs with or is made with has a permissive licence', () => {
  const others = packages.filter(({ licences }) => !isPermissive(licences)).map(({ place }) => place);

  expect(packages.length).toBeGreaterThan(500);
  expect(others.sort()).toEqual(Object.keys(lookedAt));
});

test.each([
  'GPL-3.0-only',
  '(MIT AND LGPL-2.1-or-later)',
  'MIT OR GPL-2.0',
  'SEE LICENSE IN LICENSE.txt',
  '',
  'BUSL-1.1',
])('a package under "%s" is found', (expression) => {
  expect(isPermissive(licencesOf(expression))).toBe(false);
});

test.each(['MIT', '(MIT OR CC0-1.0)', 'Apache-2.0 AND MIT'])('a package under "%s" is one of them', (expression) => {
  expect(isPermissive(licencesOf(expression))).toBe(true);
});
