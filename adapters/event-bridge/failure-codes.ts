/**
 * What no repetition changes, as AWS tells of entries that failed and of whole calls. All else, above all what the network
 * says, is worth another attempt: an event that is put twice does less harm than one that is lost.
 */
const forGood: readonly string[] = [
  'AccessDeniedException',
  'InvalidAccountIdException',
  'InvalidArgument',
  'InvalidArgumentException',
  'MalformedDetail',
  'NotAuthorizedForDetailTypeException',
  'NotAuthorizedForSourceException',
  'OperationDisabledException',
  'RedactionFailure',
  'ResourceNotFoundException',
  'ValidationException',
];

/** Whether a failure of PutEvents with this code stays one. */
export function isForGood(code: string): boolean {
  return forGood.includes(code);
}
