import {
  bySuperuser,
  type Cause,
  changeBack,
  changeByHand,
  readProbe,
  restoreSecret,
  scheduleDeletion,
  sql,
  superuserDeleted,
  superuserElsewhere,
  superuserRefused,
  superuserWeak,
  superuserWithoutPassword,
} from './scene';

type Fate = Pick<Cause, 'what' | 'happens' | 'type' | 'end' | 'mend' | 'configuration'>;

const noLogin = sql((name) => `ALTER ROLE ${name} NOLOGIN`);
const login = sql((name) => `ALTER ROLE ${name} LOGIN`);

const blocked = { what: 'the user loses LOGIN', happens: noLogin, type: 'AccountBlocked', mend: login };
const changed = { what: 'the password is changed by hand', happens: changeByHand, type: 'SignInRefused' };
const deletion = { what: 'the secret is scheduled for deletion', happens: scheduleDeletion, mend: restoreSecret };

/** What becomes of the superuser's secret, for whoever uses it. */
const superusers = [
  { what: "the superuser's secret names another server", happens: superuserElsewhere, type: 'WrongTarget' },
  { what: "the superuser's password is not the stored one", happens: superuserRefused, type: 'SignInRefused' },
  { what: "the superuser's secret is deleted", happens: superuserDeleted, type: 'StoreRequestRefused' },
  { what: "the superuser's secret loses its password", happens: superuserWithoutPassword, type: 'MalformedSecret' },
  { what: 'the superuser may not change others', happens: superuserWeak, type: 'PermissionMissing' },
].map((fate) => ({ ...fate, end: 'undone' }) as const);

const beforeCreate: Fate[] = [
  { ...blocked, end: 'undone' },
  { ...deletion, type: 'SecretNotRotatable', end: 'undone' },
  {
    what: 'a strategy is configured that the server cannot do',
    happens: () => Promise.resolve(),
    configuration: () => ({ strategy: 'multiple-credentials' }),
    type: 'ConfigurationInvalid',
    end: 'undone',
  },
];

const beforeSet: Fate[] = [
  { ...blocked, end: 'decision' },
  { ...changed, end: 'decision', mend: changeBack },
  { ...deletion, type: 'StoreRequestRefused', end: 'decision' },
];

const beforeTest: Fate[] = [
  {
    what: 'a table that the application needs is taken from it',
    happens: sql((name) => `REVOKE ALL ON of_${name} FROM ${name}`),
    configuration: readProbe,
    type: 'PermissionMissing',
    end: 'undone',
  },
  {
    what: 'a table that the application needs is dropped',
    happens: sql((name) => `DROP TABLE of_${name}`),
    configuration: readProbe,
    type: 'ConfigurationInvalid',
    end: 'undone',
  },
];

const ofSingle: Cause[] = [
  ...beforeTest.map((fate) => ({ step: 'testSecret', ...fate }) as const),
  { step: 'testSecret', ...blocked, end: 'decision' } as const,
  { step: 'testSecret', ...changed, end: 'decision', mend: changeBack } as const,
  {
    step: 'setSecret',
    what: 'the password is asked for no more',
    happens: sql((name) => `GRANT rds_iam TO ${name}`),
    mend: sql((name) => `REVOKE rds_iam FROM ${name}`),
    type: 'TargetMisconfigured',
    end: 'undone',
  } as const,
  ...superusers.map((fate) => ({ step: 'setSecret', ...fate, configuration: bySuperuser }) as const),
].map((cause) => ({ strategy: 'single-user', ...cause }));

const ofAlternating: Cause[] = [
  ...beforeTest.map((fate) => ({ step: 'testSecret', ...fate }) as const),
  {
    step: 'testSecret',
    what: 'the alternate user loses LOGIN',
    happens: sql((name) => `ALTER ROLE ${name}_clone NOLOGIN`),
    type: 'AccountBlocked',
    end: 'undone',
  } as const,
  {
    step: 'testSecret',
    what: "the alternate user's password is changed by hand",
    happens: sql((name) => `ALTER ROLE ${name}_clone PASSWORD 'changed by hand'`),
    type: 'SignInRefused',
    end: 'undone',
  } as const,
  {
    step: 'testSecret',
    what: 'the alternate user loses the rights of the original',
    happens: sql((name) => `REVOKE ${name} FROM ${name}_clone; ALTER ROLE ${name} CREATEDB`),
    type: 'PermissionMissing',
    end: 'undone',
  } as const,
  ...superusers.map((fate) => ({ step: 'setSecret', ...fate }) as const),
  ...superusers
    .filter(({ type }) => type !== 'PermissionMissing')
    .map((fate) => ({ step: 'createSecret', ...fate }) as const),
].map((cause) => ({ strategy: 'alternating-users', ...cause }));

/** What really goes wrong on PostgreSQL, by strategy. */
export const causes: readonly Cause[] = [
  ...(['single-user', 'alternating-users'] as const).flatMap((strategy): Cause[] => [
    ...beforeCreate.map((fate) => ({ strategy, step: 'createSecret', ...fate }) as const),
    ...beforeSet.map((fate) => ({ strategy, step: 'setSecret', ...fate }) as const),
  ]),
  ...ofSingle,
  ...ofAlternating,
];
