import { isPurged } from '../service/find-secret';
import { shared } from '../service/members';
import { operation } from '../service/operation';
import { cutPage } from '../service/page';
import { type Secret } from '../service/secret';
import { describeHead, versionsToStages } from '../service/secret-description';
import { passesFilters } from '../service/secret-filters';

const sortKeys: Readonly<Record<string, (secret: Secret) => number | string>> = {
  'created-date': ({ createdAt }) => createdAt,
  'last-accessed-date': ({ accessedOn = 0 }) => accessedOn,
  'last-changed-date': ({ changedAt }) => changedAt,
  name: ({ name }) => name,
};

/** Lists the caller's secrets, filtered, sorted and page by page. */
export const listSecrets = operation({
  name: 'ListSecrets',
  isRead: true,
  members: {
    IncludePlannedDeletion: shared.flag,
    MaxResults: { kind: 'integer', min: 1, max: 100 },
    NextToken: shared.nextToken,
    Filters: shared.filters,
    SortOrder: { kind: 'text', oneOf: ['asc', 'desc'] },
    SortBy: { kind: 'text', oneOf: Object.keys(sortKeys) },
  },
  rule({ catalog, caller, now }, input) {
    const { IncludePlannedDeletion: includeDeleted = false, Filters: filters = [], MaxResults: size = 100 } = input;
    const { SortBy: sortBy = 'created-date', SortOrder: sortOrder = 'asc', NextToken: nextToken } = input;
    const items = [...catalog.all(caller)].filter(
      (secret) =>
        !isPurged(secret, now) && (includeDeleted || secret.deletion === undefined) && passesFilters(secret, filters),
    );
    const sorted = sort(items, { sortBy, descending: sortOrder === 'desc' });
    const request = ['secrets', caller, includeDeleted, filters, sortBy, sortOrder];
    const page = cutPage({ items: sorted, keyOf: ({ arn }) => arn, size, nextToken, request });
    return { response: { SecretList: page.items.map(entry), NextToken: page.nextToken } };
  },
});

function sort(secrets: readonly Secret[], { sortBy, descending }: { sortBy: string; descending: boolean }): Secret[] {
  const keyOf = sortKeys[sortBy] ?? (() => 0);
  const keyed = secrets.map((secret) => ({ secret, key: keyOf(secret) }));
  keyed.sort(({ key: one }, { key: other }) => (one < other ? -1 : Number(one > other)));
  if (descending) keyed.reverse();
  return keyed.map(({ secret }) => secret);
}

function entry(secret: Secret): Readonly<Record<string, unknown>> {
  return { ...describeHead(secret), SecretVersionsToStages: versionsToStages(secret) };
}
