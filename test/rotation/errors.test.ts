import * as errors from '../../rotation/errors';

const { RotationError, ...classes } = errors;
/** One kind of another error is no other type for whoever reads it. */
const kindOf: Readonly<Record<string, string>> = { TargetSilentError: 'TargetUnavailable' };
const retryable = [
  'TargetUnavailable',
  'OutcomeUnknown',
  'TargetReadOnly',
  'TargetConflict',
  'StoreThrottled',
  'StoreUnavailable',
  'ScheduleUnavailable',
  'EventUndelivered',
];

it.each(Object.entries(classes))('%s has its name on the wire and tells whether time heals it', (className, Class) => {
  const error = new Class('what happened', { secretId: 'prod/app' });

  expect(error).toBeInstanceOf(RotationError);
  expect(error).toMatchObject({
    name: kindOf[className] ?? className.replace(/Error$/, ''),
    message: 'what happened',
    ids: { secretId: 'prod/app' },
  });
  expect(error.retryable).toBe(retryable.includes(error.name));
});
