import { type Acceptance, type Stock, type StockedVersion } from '../rotation/steps/take-stock';
import { type DecisionChoice, type DecisionRecord, type KnownTruth } from './decision';

const verdicts: Readonly<Record<Acceptance, string>> = {
  accepted: 'the database accepts its credential',
  refused: 'the database refuses its credential',
  blocked: 'the database lets its user sign in by no password (locked, expired or without LOGIN)',
  unknown: 'the database could not be asked about its credential',
};

/** Who decided without giving a name. */
const unnamed = 'unknown';

/** What is true of a secret, as far as that could be found out. */
export function knownTruth(stock: Stock | undefined): KnownTruth {
  return { ...(stock ? { stock } : {}), truth: truthOf(stock) };
}

/** In plain words, a line for each version that matters. */
function truthOf(stock: Stock | undefined): string[] {
  if (!stock) return ['Labels and database could not be asked.'];
  const { current, pending, previous } = stock;
  const told = [
    line('current', current),
    pending?.versionId === current?.versionId ? undefined : line("the rotation's", pending),
    line('previous', previous),
  ];
  return told.filter((text) => text !== undefined);
}

function line(name: string, version: StockedVersion | undefined): string | undefined {
  if (!version) return undefined;
  const { versionId, labels, signsIn } = version;
  const where = labels.length > 0 ? `holds ${labels.join(' and ')}` : 'holds no label';
  return `Version ${versionId} (${name}) ${where}; ${verdicts[signsIn]}.`;
}

/** What each choice would do to a rotation, in plain words. */
export function choicesFor(
  clientRequestToken: string,
  { tested }: { tested: boolean },
): Readonly<Record<DecisionChoice, string>> {
  return {
    retry: tested
      ? `Tries again to move AWSCURRENT to version ${clientRequestToken}, which was tested.`
      : `Tries the rotation to version ${clientRequestToken} again, from where it stopped, and undoes it where that fails.`,
    rollBack:
      "Tries again to make the database accept AWSCURRENT's credential; then takes AWSPENDING off version " +
      `${clientRequestToken}.`,
    abandon:
      'Ends the rotation and leaves labels and database as they are now. A version that keeps AWSPENDING bars the next ' +
      'rotation until it is resumed or discarded.',
  };
}

/** What was decided, by whom, when and why. */
export function decisionText({ choice, by = unnamed, decidedAt, note }: DecisionRecord): string {
  return `${choice}, by ${by}, ${decidedAt}${note === undefined ? '' : `: ${note}`}`;
}

/** Why another decision about the same question is refused. */
export function decidedAlready({ question, choice, by = unnamed }: DecisionRecord): string {
  return `Question ${question} was decided already: ${choice}, by ${by}.`;
}
