/** The three labels that the service gives a meaning to. */
export const CURRENT = 'AWSCURRENT';
/** The label of the version that a rotation is making. */
export const PENDING = 'AWSPENDING';
/** The label of the version that was current before. */
export const PREVIOUS = 'AWSPREVIOUS';

/** Which version holds which label. */
export type Labels = ReadonlyMap<string, string>;

/** The labels that one version holds. */
export function labelsOf(labels: Labels, versionId: string): string[] {
  return [...labels].filter(([, holder]) => holder === versionId).map(([label]) => label);
}

/**
 * The labels after a value was put under a version with these labels.
 *
 * Each given label is taken from its holder. When AWSCURRENT moves, AWSPREVIOUS goes to the version it left, and
 * AWSPENDING is taken off that version. Custom labels on it stay: what the service does with them is not established.
 */
export function putLabels(
  labels: Labels,
  { versionId, stages }: { versionId: string; stages: Iterable<string> },
): Labels {
  const next = new Map(labels);
  for (const stage of stages) next.set(stage, versionId);
  const demoted = labels.get(CURRENT);
  if (demoted === undefined || next.get(CURRENT) === demoted) return next;
  next.set(PREVIOUS, demoted);
  if (next.get(PENDING) === demoted) next.delete(PENDING);
  return next;
}

/**
 * The labels after one label moved by itself.
 *
 * Moving AWSCURRENT takes AWSPREVIOUS to the version it left; every other label, AWSPENDING included, stays.
 */
export function moveLabel(labels: Labels, { label, versionId }: { label: string; versionId: string }): Labels {
  const next = new Map(labels).set(label, versionId);
  const demoted = labels.get(CURRENT);
  if (label === CURRENT && demoted !== undefined && demoted !== versionId) next.set(PREVIOUS, demoted);
  return next;
}

/** The labels after one label was taken off whatever held it. */
export function detachLabel(labels: Labels, label: string): Labels {
  const next = new Map(labels);
  next.delete(label);
  return next;
}
