/** The labels that Secrets Manager gives a meaning to; a secret may carry others of its owner's. */
export type StagingLabel = 'AWSCURRENT' | 'AWSPENDING' | 'AWSPREVIOUS';

/** Which labels each labelled version of a secret holds, by version id: DescribeSecret's `VersionIdsToStages`. */
export type VersionLabels = Readonly<Record<string, readonly string[]>>;

/** The version that holds a label, or undefined where none does. Secrets Manager allows at most one. */
export function holderOf(labels: VersionLabels, label: StagingLabel): string | undefined {
  return Object.keys(labels).find((versionId) => labels[versionId]?.includes(label));
}

/**
 * The version of a rotation that has not ended: AWSPENDING on a version that is neither AWSCURRENT's nor `ours`.
 *
 * AWSPENDING beside AWSCURRENT is a finished rotation whose last label was not taken off, and bars nothing
 * (Secrets Manager user guide, "Rotation").
 */
export function foreignPending(labels: VersionLabels, ours: string): string | undefined {
  const pending = holderOf(labels, 'AWSPENDING');
  return pending === holderOf(labels, 'AWSCURRENT') || pending === ours ? undefined : pending;
}
