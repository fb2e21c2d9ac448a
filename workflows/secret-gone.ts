import { type Reason } from './decision';

/** Why a rotation ended whose secret was deleted under way: what an undo goes by is gone with the secret. */
export function secretGone({ mayBeSet }: { mayBeSet: boolean }): Reason {
  const left = mayBeSet
    ? 'nothing could be undone: the database may accept a password that no secret holds any more. Set one by hand, and ' +
      'store it in a new secret.'
    : 'it ends. The database was not changed.';
  return { type: 'SecretNotFound', message: `The secret was deleted during the rotation, so ${left}` };
}
