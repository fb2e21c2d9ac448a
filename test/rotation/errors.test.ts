import * as errors from '../../rotation/errors';

const { RotationError, ...classes } = errors;
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
    name: className.replace(/Error$/, ''),
    message: 'what happened',
    ids: { secretId: 'prod/app' },
  });
  expect(error.retryable).toBe(retryable.includes(error.name));
});
