import { findSecretForValue, isPurged } from '../service/find-secret';
import { type InputOf, shared } from '../service/members';
import { operation, type OperationCall, type Outcome } from '../service/operation';
import { cutPage, type Page } from '../service/page';
import { readVersion } from '../service/read-version';
import { passesFilters } from '../service/secret-filters';
import { invalidParameter, ServiceError } from '../service/service-error';

const members = {
  SecretIdList: { kind: 'list', min: 1, max: 20, of: shared.secretId },
  Filters: shared.filters,
  MaxResults: { kind: 'integer', min: 1, max: 20 },
  NextToken: shared.nextToken,
} as const;

/** Reads the current values of up to 20 secrets; a secret that cannot be read is named with its error. */
export const batchGetSecretValue = operation({
  name: 'BatchGetSecretValue',
  isRead: true,
  members,
  rule(call, input) {
    checkChoice(input);
    const page = input.SecretIdList === undefined ? filtered(call, input) : { items: input.SecretIdList };
    const results = page.items.map((secretId) => ({ secretId, result: attempt(call, secretId) }));
    const read = results.flatMap(({ result }) => (result instanceof ServiceError ? [] : [result]));
    const errors = results.flatMap(({ secretId, result }) =>
      result instanceof ServiceError ? [{ SecretId: secretId, ErrorCode: result.type, Message: result.message }] : [],
    );
    const response = { SecretValues: read.map((one) => one.response), Errors: errors, NextToken: page.nextToken };
    return { response, accessed: read.flatMap(({ accessed = [] }) => accessed) };
  },
});

function checkChoice({ SecretIdList: list, Filters: filters, MaxResults: size }: InputOf<typeof members>): void {
  if ((list === undefined) === (filters === undefined)) {
    throw invalidParameter("Either 'SecretIdList' or 'Filters' must be provided, but not both.");
  }
  if (list !== undefined && size !== undefined) {
    throw invalidParameter("'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.");
  }
}

function filtered({ catalog, caller, now }: OperationCall, input: InputOf<typeof members>): Page<string> {
  const { Filters: filters = [], MaxResults: size = 20, NextToken: nextToken } = input;
  const items = [...catalog.all(caller)]
    .filter((secret) => secret.deletion === undefined && !isPurged(secret, now) && passesFilters(secret, filters))
    .map(({ arn }) => arn);
  return cutPage({ items, keyOf: (arn) => arn, size, nextToken, request: ['batch', caller, filters] });
}

function attempt(call: OperationCall, secretId: string): Outcome | ServiceError {
  try {
    return readVersion(findSecretForValue(call, secretId), { now: call.now });
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
}
