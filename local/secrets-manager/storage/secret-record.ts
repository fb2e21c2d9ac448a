import { type Secret, type SecretVersion } from '../service/secret';

/** A secret without its versions, as it is written down. */
export type SecretHead = Omit<Secret, 'labels' | 'versions'> & {
  readonly labels: readonly (readonly [string, string])[];
};

/** One change of one secret. Applying a record twice does what applying it once does. */
export type SecretRecord =
  | { readonly head: SecretHead; readonly versions: readonly SecretVersion[]; readonly removed?: readonly string[] }
  | { readonly gone: string };

/** What changed between two states of a secret; everything, where there was none before. */
export function changeRecord(before: Secret | undefined, after: Secret): SecretRecord {
  const { labels, versions, ...head } = after;
  const changed = [...versions.values()].filter((version) => before?.versions.get(version.id) !== version);
  const removed = [...(before?.versions.keys() ?? [])].filter((id) => !versions.has(id));
  const record = { head: { ...head, labels: [...labels] }, versions: changed };
  return removed.length === 0 ? record : { ...record, removed };
}

/** Brings one record into the secrets that earlier records made. */
export function applyRecord(secrets: Map<string, Secret>, record: SecretRecord): void {
  if ('gone' in record) {
    secrets.delete(record.gone);
    return;
  }
  const { head, versions: changed, removed = [] } = record;
  const versions = new Map(secrets.get(head.arn)?.versions);
  for (const version of changed) versions.set(version.id, version);
  for (const id of removed) versions.delete(id);
  secrets.set(head.arn, { ...head, labels: new Map(head.labels), versions });
}
