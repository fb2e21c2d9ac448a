import { readFileSync } from 'node:fs';
import { Sensitive } from '../rotation/sensitive';
import { WorkerStartError } from './errors';
import { type EventSettings } from './event-settings';

/** A webhook that is set up. */
export interface WebhookTarget {
  readonly url: URL;
  readonly keys: readonly Sensitive[];
}

const shortestKey = 32;
const onThisMachine = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The webhook that is set up, or undefined where none is. Messages repeat neither the URL, which often is a secret, nor
 * a key.
 *
 * @throws WorkerStartError
 */
export function webhookTarget({ webhookUrl, webhookSecretFile }: EventSettings): WebhookTarget | undefined {
  if (webhookUrl === undefined && webhookSecretFile === undefined) return undefined;
  if (webhookUrl === undefined || webhookSecretFile === undefined) {
    throw new WorkerStartError('A webhook needs both: set ROTOR_WEBHOOK_URL and ROTOR_WEBHOOK_SECRET_FILE.');
  }
  return { url: urlOf(webhookUrl), keys: keysIn(webhookSecretFile) };
}

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:') return url;
  if (url?.protocol === 'http:' && onThisMachine.includes(url.hostname)) return url;
  throw new WorkerStartError('Set ROTOR_WEBHOOK_URL to an https: URL; http: is for receivers on this machine only.');
}

function keysIn(file: string): Sensitive[] {
  const keys = linesOf(file);
  if (keys.length > 0 && keys.every((key) => key.length >= shortestKey)) return keys.map((key) => new Sensitive(key));
  throw new WorkerStartError(
    `The file of ROTOR_WEBHOOK_SECRET_FILE, "${file}", must hold a key of at least ${shortestKey} characters, or ` +
      'several, one a line.',
  );
}

function linesOf(file: string): string[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.map((line) => line.trim()).filter((line) => line !== '');
  } catch {
    throw new WorkerStartError(`The file of ROTOR_WEBHOOK_SECRET_FILE, "${file}", cannot be read.`);
  }
}
