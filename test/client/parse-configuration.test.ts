import { rootCertificates } from 'node:tls';
import { parseConfiguration } from '../../client';
import { ConfigurationInvalidError } from '../../rotation/errors';
import { type RotationConfiguration } from '../../rotation/rotation-request';

const [certificate = '', other = ''] = rootCertificates;

const everything: Required<RotationConfiguration> = {
  strategy: 'alternating-users',
  superuserSecretId: 'prod/superuser',
  tls: { ca: `${certificate}\n${other}\n` },
  probes: { read: ['SELECT 1'], write: ['DELETE FROM audit WHERE false'] },
  endpoints: [{ host: 'replica-1.example.com' }, { host: 'replica-2.example.com', port: 5433 }],
  giveUpAfterHours: 0.5,
  passwordPolicy: {
    length: 40,
    excludeCharacters: '%',
    excludeNumbers: false,
    excludePunctuation: true,
    excludeUppercase: false,
    excludeLowercase: false,
    requireEachIncludedType: true,
  },
};

test('a configuration with every member, and one with none, are taken as they are', () => {
  expect(parseConfiguration(everything)).toEqual(everything);
  expect(parseConfiguration({})).toEqual({});
});

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'The configuration must be an object with strategy, superuserSecretId, tls, probes,'],
  ['null', null, 'The configuration must be an object'],
  ['a list', [], 'The configuration must be an object'],
  ['an unknown member', { stratgy: 'single-user' }, 'but no "stratgy".'],
  ['an unknown strategy', { strategy: 'double' }, 'strategy must be one of single-user, alternating-users, multiple-'],
  ['a number for a secret', { superuserSecretId: 7 }, 'superuserSecretId must be a text.'],
  ['an empty name', { superuserSecretId: '' }, 'superuserSecretId must not be empty.'],
  ['TLS as a text', { tls: certificate }, 'tls must be an object with ca.'],
  ['TLS with an unknown member', { tls: { verify: false } }, 'tls has ca, but no "verify".'],
  ['a certificate that is none', { tls: { ca: 'PEM' } }, 'tls.ca must hold one or more certificates as PEM.'],
  ['a broken certificate', { tls: { ca: certificate.replace('MII', 'XXX') } }, 'tls.ca must hold one or more'],
  ['a single probe', { probes: { read: 'SELECT 1' } }, 'probes.read must be a list of SQL statements.'],
  ['an empty probe', { probes: { write: ['SELECT 1', ''] } }, 'probes.write[1] must not be empty.'],
  ['an unknown kind of probe', { probes: { reads: [] } }, 'probes has read, write, but no "reads".'],
  ['one endpoint', { endpoints: { host: 'a' } }, 'endpoints must be a list of addresses, each with a host.'],
  ['an endpoint without a host', { endpoints: [{ port: 1 }] }, 'endpoints[0].host must be a text.'],
  ['port 0', { endpoints: [{ host: 'a' }, { host: 'b', port: 0 }] }, 'endpoints[1].port must be a whole number from 1'],
  ['port as a text', { endpoints: [{ host: 'a', port: '5432' }] }, 'endpoints[0].port must be a whole number from 1'],
  ['no time to try', { giveUpAfterHours: 0 }, 'giveUpAfterHours must be more than 0.'],
  ['years to try', { giveUpAfterHours: 24_001 }, 'giveUpAfterHours must be at most 24000.'],
  ['a time as a text', { giveUpAfterHours: '6h' }, 'giveUpAfterHours must be a number of hours.'],
  ['half a length', { passwordPolicy: { length: 20.5 } }, 'passwordPolicy.length must be a whole number.'],
  [
    'a short password',
    { passwordPolicy: { length: 8 } },
    "passwordPolicy cannot be used: The password policy's length",
  ],
  [
    'yes for true',
    { passwordPolicy: { excludeNumbers: 'yes' } },
    'passwordPolicy.excludeNumbers must be true or false.',
  ],
  ['a member of another case', { passwordPolicy: { Length: 20 } }, 'but no "Length".'],
])('%s is refused by the path, and what is allowed', (_what, input, part) => {
  expect(() => parseConfiguration(input)).toThrow(ConfigurationInvalidError);
  expect(() => parseConfiguration(input)).toThrow(part);
});

test('everything that is wrong is told at once', () => {
  const wrong = { strategy: 'double', endpoints: [{ host: '' }] };

  expect(() => parseConfiguration(wrong)).toThrow(
    /^strategy must be one of .*; endpoints\[0\]\.host must not be empty\.$/,
  );
});

test('what is wrong is not repeated, as it may be a secret in the wrong place', () => {
  const misplaced = {
    superuserSecretId: ['hunter2hunter2'],
    strategy: 'hunter2hunter2',
    tls: { ca: 'hunter2hunter2' },
  };

  expect(() => parseConfiguration(misplaced)).toThrow(/^(?!.*hunter2)/);
});
