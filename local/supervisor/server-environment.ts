/** What a server may know of its parent's environment: where programs, libraries and temporary files are, and no more. */
const SHARED = ['PATH', 'TMPDIR', 'TZ', 'LD_LIBRARY_PATH', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];

/**
 * Builds the environment of a server: the few variables that any program needs, and the given ones.
 *
 * Everything else stays behind, above all `AWS_*`, `PG*`, `TEMPORAL_*` and `NODE_OPTIONS`.
 */
export function serverEnvironment(own: Readonly<Record<string, string>> = {}): Record<string, string> {
  const shared = SHARED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(shared), ...own };
}
