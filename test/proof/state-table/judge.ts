import { carryOut, type End } from '../carry-out';
import { type Ground, StateImpossibleError } from '../ground/ground';
import { acceptedIn, arrange, type Arranged } from './arrange';
import { type Cell, nameOf } from './cells';
import { labels, look, type Seen } from './look';
import { type Outcome } from './rule';

/** A cell, what its rotation came to, and what it should have. */
export interface Judgement {
  readonly cell: string;
  readonly found: Seen & { readonly end: End };
  readonly expected: Seen & { readonly end: End };
}

/** Brings a cell about, runs its rotation from there on, and tells what came of it and what the outcome asks for. */
export async function judge(
  ground: Ground,
  { cell, outcome }: { cell: Cell; outcome: Exclude<Outcome, { end: 'impossible' }> },
): Promise<Judgement> {
  const { arranged, before } = await bringAbout(ground, cell);
  const { secrets, database } = ground;
  const end = await carryOut({
    request: arranged.request,
    deps: ({ signal }) => ({ store: secrets.store(signal), engineFor: database.engineFor(signal) }),
    goesOn: { from: cell.step, currentVersionId: arranged.startVersionId },
  });
  const found = await look(ground, arranged);
  return { cell: nameOf(cell), found: { end, ...found }, expected: asked({ outcome, before, end }) };
}

/**
 * Brings a cell about, and looks whether it did.
 *
 * @throws StateImpossibleError where it did not.
 */
export async function bringAbout(ground: Ground, cell: Cell): Promise<{ arranged: Arranged; before: Seen }> {
  const arranged = await arrange(ground, cell);
  const before = await look(ground, arranged);
  const accepted = before.accepted.join(' and ');
  if (accepted === acceptedIn(cell.database).join(' and ')) return { arranged, before };
  throw new StateImpossibleError(`The database accepts ${accepted || 'none'} instead: ${nameOf(cell)}`);
}

function asked({
  outcome,
  before,
  end,
}: {
  outcome: Exclude<Outcome, { end: 'impossible' }>;
  before: Seen;
  end: End;
}): Judgement['expected'] {
  const accepted = outcome.accepts === 'as before' ? before.accepted : acceptedIn(outcome.accepts);
  if (outcome.end === 'promoted') {
    return { end: { kind: 'rotated' }, accepted, labels: labels({ AWSCURRENT: 'token', AWSPREVIOUS: 'start' }) };
  }
  const { AWSPENDING } = before.labels;
  const isTakenOff = (outcome.end === 'undone' || outcome.end === 'gives way') && AWSPENDING === 'token';
  return {
    end: endOf({ outcome, end }),
    accepted,
    labels: labels({ ...before.labels, AWSPENDING: isTakenOff ? undefined : AWSPENDING }),
  };
}

/** Where a rotation failed is not part of the table, unless it waits there. */
function endOf({ outcome, end }: { outcome: Extract<Outcome, { failure: string }>; end: End }): End {
  if (outcome.end === 'waits') return { kind: 'waits', at: outcome.at, failure: outcome.failure };
  return { kind: 'failed', at: end.kind === 'failed' ? end.at : 'createSecret', failure: outcome.failure };
}
