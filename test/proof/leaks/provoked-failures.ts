import {
  changedByHand,
  editSuperuser,
  fail,
  type Failure,
  malform,
  nothing,
  onlySingle,
  page,
  probe,
  refuse,
  replaceSuperuser,
  restoreSuperuser,
  run,
  scheduleDeletion,
  truncate,
} from './failure-scene';

const malformed: Failure[] = [
  { what: 'ends too early', spoil: (text: string) => text.slice(0, -1) },
  { what: 'has a comma too many', spoil: (text: string) => text.replace(/}$/, ',}') },
  {
    what: 'has a quotation mark in the password',
    spoil: (text: string, password: string) => text.replace(password, `${password}"x`),
  },
  {
    what: 'has two passwords',
    spoil: (text: string, password: string) => text.replace(/}$/, `,"password":"${password}"}`),
  },
  {
    what: 'has a list as its password',
    spoil: (text: string, password: string) => text.replace(`"${password}"`, `["${password}"]`),
  },
  { what: 'is the bare password', spoil: (_text: string, password: string) => password },
].map(({ what, spoil }) => ({
  type: 'MalformedSecret',
  what: `the secret ${what}`,
  strategies: onlySingle,
  before: malform(spoil),
}));

const ofSuperusers: Failure[] = [
  {
    type: 'SignInRefused',
    what: 'the superuser is refused',
    happens: editSuperuser((scene) => ({ password: scene.newPassword() })),
  },
  { type: 'TlsFailed', what: 'the server has no TLS for the superuser', happens: editSuperuser(() => ({ ssl: true })) },
  {
    type: 'MalformedSecret',
    what: "the superuser's secret cannot be read",
    happens: ({ superuser, newPassword }) => superuser.put(`{"password":"${newPassword()}",`),
  },
  {
    type: 'StoreRequestRefused',
    what: "the superuser's secret is to be deleted",
    happens: scheduleDeletion(({ superuser }) => superuser),
  },
  {
    type: 'PermissionMissing',
    what: 'the superuser may not change others',
    happens: (scene) => replaceSuperuser(scene, () => []),
  },
  {
    type: 'TargetUnavailable',
    what: 'nobody listens for the superuser',
    happens: editSuperuser(({ unusedPort }) => ({ port: unusedPort })),
    mend: restoreSuperuser,
  },
];

const ofStores: Failure[] = [
  { type: 'StoreAccessDenied', what: 'the store denies what it did', answer: refuse('AccessDeniedException') },
  { type: 'StoreRequestRefused', what: 'the store refuses what it did', answer: refuse('ValidationException') },
  {
    type: 'SecretNotFound',
    what: 'the store knows the secret no more',
    answer: refuse('ResourceNotFoundException'),
  },
  {
    type: 'StoreThrottled',
    what: 'the store is throttled',
    answer: fail({ status: 400, error: 'ThrottlingException' }),
    mend: nothing,
  },
  {
    type: 'StoreUnavailable',
    what: 'the store fails',
    answer: fail({ status: 500, error: 'InternalServiceError' }),
    mend: nothing,
  },
  { type: 'StoreUnavailable', what: 'a value ends in its middle', answer: truncate, mend: nothing },
  { type: 'StoreUnavailable', what: 'a proxy answers for the store', answer: page, mend: nothing },
];

const deleted = scheduleDeletion(({ user }) => user.secret);

/** What can be provoked on every server. */
export const commonFailures: readonly Failure[] = [
  ...malformed,
  ...ofSuperusers,
  ...ofStores,
  {
    type: 'SignInRefused',
    what: 'the password is changed by hand',
    happens: changedByHand,
  },
  {
    type: 'SignInRefused',
    what: 'the password of a user that changes it itself is changed by hand',
    strategies: onlySingle,
    by: 'itself',
    happens: changedByHand,
  },
  {
    type: 'AccountBlocked',
    what: 'the user is blocked',
    happens: (scene) => run(scene, [scene.logged.target.block(scene.username)]),
  },
  {
    type: 'PermissionMissing',
    what: 'a table is not granted',
    configuration: probe(() => 'SELECT n FROM not_granted'),
  },
  {
    type: 'ConfigurationInvalid',
    what: 'a probe makes no sense',
    configuration: probe(() => 'SELEKT n FROM not_granted'),
  },
  { type: 'SecretNotRotatable', what: 'the secret is to be deleted', before: deleted },
  { type: 'StoreRequestRefused', what: 'the secret is deleted in between', happens: deleted },
  {
    type: 'RotationSuperseded',
    what: 'somebody stores another password',
    happens: async ({ user: { secret }, newPassword }) =>
      secret.put(JSON.stringify({ ...(await secret.value()), password: newPassword() })),
  },
];

/** What is not provoked here, and which tests see to it that nothing of another's text or of a value is in it. */
export const provokedElsewhere: Readonly<Record<string, string>> = {
  RotationInProgress: 'test/failures/leftovers.test.ts',
  ScheduleUnavailable: 'test/activities/rotation-schedule.test.ts',
  EventUndelivered: 'test/contracts/rotation-events.ts',
  EventRefused: 'test/contracts/rotation-events.ts',
  GaveUp: 'test/failures/give-up.test.ts',
  UnexpectedError: 'test/activities/failure-boundary.test.ts',
};
