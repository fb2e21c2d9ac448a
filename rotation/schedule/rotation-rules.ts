/** Rotation a number of days after the last one. */
export interface DaysRule {
  /** Days from one rotation to the next, 1 to 1000. */
  readonly automaticallyAfterDays: number;
  readonly scheduleExpression?: never;
  /** How long the window is, from midnight UTC on, such as `3h`. @defaultValue the whole UTC day */
  readonly duration?: string;
}

/** Rotation by a rate or by the calendar, in UTC. */
export interface ExpressionRule {
  /** `rate(10 days)`, `rate(4 hours)`, `cron(0 8 1 * ? *)`: AWS's page "Rotation schedules". */
  readonly scheduleExpression: string;
  readonly automaticallyAfterDays?: never;
  /**
   * How long the window is, from its opening on, such as `3h`.
   * @defaultValue an hour for a schedule in hours, to the end of the UTC day for one in days
   */
  readonly duration?: string;
}

/** When a secret is rotated. The names and rules are AWS's (`RotationRulesType`). */
export type RotationRules = DaysRule | ExpressionRule;

/** The rules of a secret for which none were given: AWS's console proposes the same. */
export const defaultRotationRules: RotationRules = { automaticallyAfterDays: 30 };
