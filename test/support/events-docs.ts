import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runInThisContext } from 'node:vm';

/** What a receiver has of a request, and its key. */
export interface SignedRequest {
  readonly header: string;
  readonly body: string;
  readonly key: string;
  readonly now?: number;
}

/** The check of signatures that docs/events.md gives to receivers, as it stands there. */
export function documentedCheck(): (request: SignedRequest) => boolean {
  const text = readFileSync(path.join(__dirname, '../../docs/events.md'), 'utf8');
  const code = /```js\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  const define = runInThisContext(`(require) => { ${code}; return isFromRotor; }`) as (
    load: NodeJS.Require,
  ) => (request: SignedRequest) => boolean;
  return define(require);
}
