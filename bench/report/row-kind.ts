import { type Row } from '../section';

/** The same for rows that fit into one table. */
export function kindOf({ of, figures }: Row): string {
  return JSON.stringify([Object.keys(of), unitsOf(figures)]);
}

/** The same for rows of several runs that tell the same of the same. */
export function identityOf({ of, figures }: Row): string {
  return JSON.stringify([Object.entries(of), unitsOf(figures)]);
}

function unitsOf(figures: Row['figures']): (readonly [string, string])[] {
  return Object.entries(figures).map(([name, { unit }]) => [name, unit]);
}
