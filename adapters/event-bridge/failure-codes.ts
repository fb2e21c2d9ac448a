/**
 * What says that the event itself cannot be taken, as AWS tells of entries that failed and of whole calls: above all one
 * that is too large. All else is worth another attempt, also a bus or a permission that is missing, for people make them.
 */
const forGood: readonly string[] = [
  'InvalidArgument',
  'InvalidArgumentException',
  'MalformedDetail',
  'RedactionFailure',
  'ValidationException',
];

/** Whether a failure of PutEvents with this code stays one. */
export function isForGood(code: string): boolean {
  return forGood.includes(code);
}
