import { type StrategyName, strategyNames } from '../../../rotation/strategies/rotation-strategy';
import { type Step, steps } from '../carry-out';

/** Which of the credentials that the secret holds the database accepts when the rotation runs. */
export const databaseStates = ['current', 'pending', 'previous', 'none', 'current and pending'] as const;

/** How the labels are when the rotation runs. */
export const labelStates = [
  'no pending',
  'pending = token',
  'pending = another token',
  'pending on the current version',
  'pending without a value',
  'current moved by someone else',
] as const;

/** How many passwords the server lets one user have. */
export const passwordCounts = ['one', 'two'] as const;

/** What can differ between two rotations, and the values that each can have. */
export const axes = {
  step: steps,
  labels: labelStates,
  database: databaseStates,
  strategy: strategyNames,
  passwords: passwordCounts,
} as const;

/** Which of the credentials the database accepts. */
export type DatabaseState = (typeof databaseStates)[number];
/** How the labels are. */
export type LabelState = (typeof labelStates)[number];

/** One state that a rotation can find, and the step that it goes on with. */
export interface Cell {
  readonly step: Step;
  readonly labels: LabelState;
  readonly database: DatabaseState;
  readonly strategy: StrategyName;
  readonly passwords: (typeof passwordCounts)[number];
}

/** All cells, in the order of the axes. */
export const cells: readonly Cell[] = steps.flatMap((step) =>
  labelStates.flatMap((labels) =>
    databaseStates.flatMap((database) =>
      strategyNames.flatMap((strategy) =>
        passwordCounts.map((passwords) => ({ step, labels, database, strategy, passwords })),
      ),
    ),
  ),
);

/** A cell in one line. */
export function nameOf({ step, labels, database, strategy, passwords }: Cell): string {
  return `${step} first; ${labels}; the database accepts ${database}; ${strategy}; ${passwords} password(s)`;
}
