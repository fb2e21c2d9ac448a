import { homedir } from 'node:os';

const PROXIES = /^(https?|all|no)_proxy$/i;
const GO = /^(GO|GIT_SSL_|XDG_C)/;

/** What a downloader may see of the operator's environment: the proxies. */
export function downloadEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return pick(env, (name) => PROXIES.test(name));
}

/** What Go may see of it: the proxies, where its modules come from and where its own caches are. */
export function goEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const own = pick(env, (name) => name === 'PATH' || PROXIES.test(name) || GO.test(name));
  return { CGO_ENABLED: '0', HOME: env.HOME ?? homedir(), ...own };
}

function pick(
  env: Readonly<Record<string, string | undefined>>,
  isWanted: (name: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && isWanted(entry[0])),
  );
}
