import { type RoleSituation, type UserNames } from './role-situation';

/** What AWS's rotation functions append to a user's name for its alternate. */
const suffix = '_clone';

/** Two users, and the role that both act as. */
export interface RolePair extends UserNames {
  /**
   * The role that owns and holds the grants: one of the two users, or a third role where the original acts as one
   * already.
   */
  readonly shared: string;
  /** Those of the users that are not the shared role itself: its members, which need hold nothing by themselves. */
  readonly members: readonly string[];
}

/**
 * Tells which shape two users have.
 *
 * By default the user without the suffix is shared, and its clone is a member of it that acts as it. An original that
 * acts as a third role asks for the other shape, in which both are members of that role.
 */
export function pairOf(situation: RoleSituation): RolePair {
  const { original, alternate, actsAs } = situation;
  if (actsAs !== original && actsAs !== alternate) {
    return { original, alternate, shared: actsAs, members: [original, alternate] };
  }
  const shared = sharedOf(situation);
  return { original, alternate, shared, members: [shared === original ? alternate : original] };
}

/** Whether a name is the other's with AWS's suffix. */
export function isCloneOf(name: string, other: string): boolean {
  return name === `${other}${suffix}`;
}

/** The base of the two names, unless a membership that goes the other way round would make a circle of it. */
function sharedOf({ original, alternate, actsAs, ...memberships }: RoleSituation): string {
  if (actsAs === alternate) return alternate;
  return isCloneOf(original, alternate)
    ? memberships.alternateIsInOriginal
      ? original
      : alternate
    : memberships.originalIsInAlternate
      ? alternate
      : original;
}
