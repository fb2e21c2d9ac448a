/**
 * The code of an error of the operating system (`ENOENT`), undefined for anything else.
 *
 * Asks for the property and not for the class: under the test runner, errors of the file system are of another realm.
 */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
