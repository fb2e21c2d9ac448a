import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/**
 * What rotations can be searched by, where the namespace has these attributes. A worker registers them at its start where
 * it may; Rotor works without them. Names and types are a contract.
 */
export const searchAttributes = {
  /** The secret's full ARN. */
  secret: defineSearchAttributeKey('RotorSecret', SearchAttributeType.KEYWORD),
  /** What started the rotation. */
  trigger: defineSearchAttributeKey('RotorTrigger', SearchAttributeType.KEYWORD),
  /** Where the rotation stands. */
  state: defineSearchAttributeKey('RotorState', SearchAttributeType.KEYWORD),
  /** How the rotation ended. */
  outcome: defineSearchAttributeKey('RotorOutcome', SearchAttributeType.KEYWORD),
} as const;
