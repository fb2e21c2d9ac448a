import { type Course, type Hit } from './verdict';

/** Why a fault is known to end a rotation otherwise than it should; undefined for all but a few. */
export function knownFailing({ strategy, direction }: Course, { call, fault }: Hit): string | undefined {
  const isOwnChange = strategy === 'single-user' && direction === 'forward' && call.name === 'engine.changePassword';
  if (!isOwnChange || fault !== 'is made twice') return undefined;
  return (
    'The second change signs in as current, which the first one has ended. The strategy takes that for “nobody signs in” ' +
    'without asking whether the pending credential does, and the rotation is undone instead of promoted.'
  );
}
