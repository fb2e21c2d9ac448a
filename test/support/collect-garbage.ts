import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Collects garbage again and again, until it is told to end. */
export function collectGarbage(): () => void {
  const timer = setInterval(collect, 20);
  return () => {
    clearInterval(timer);
  };
}
