import { type InputOf, type Members } from './members';
import { readMembers } from './read-members';
import { type Secret } from './secret';
import { ServiceError } from './service-error';

/** Who calls: secrets live apart by account and Region. */
export interface Caller {
  readonly accountId: string;
  readonly region: string;
}

/** The secrets as one call sees them. */
export interface Catalog {
  /** The secret with exactly this ARN. */
  byArn(arn: string): Secret | undefined;
  /** The caller's secret of this name. */
  byName(caller: Caller, name: string): Secret | undefined;
  /** Every secret of the caller, oldest first. */
  all(caller: Caller): Iterable<Secret>;
}

/** Everything that a rule may ask for besides its input. It has no other way to the outside. */
export interface OperationCall {
  readonly catalog: Catalog;
  readonly caller: Caller;
  readonly now: number;
  /** A whole number from 0 up to, and not including, this one, which nobody can foretell. */
  readonly random: (below: number) => number;
}

/** What an operation answers and what it changes. */
export interface Outcome {
  readonly response: Readonly<Record<string, unknown>>;
  /** The new state of each changed secret; all of it becomes durable before the answer is sent. */
  readonly changed?: readonly Secret[];
  /** Days of last access: worth keeping, not worth waiting for. */
  readonly accessed?: readonly Secret[];
  /** A rotation function that has to be there; the operation is run again once it was found. */
  readonly invokes?: string;
  /** The changes are kept and this error is the answer. */
  readonly refusal?: ServiceError;
}

/** One operation of the service: a table of members and a rule over the state, without I/O. */
export interface Operation {
  readonly name: string;
  /** Reads may be served from an older state where a test asks for it. */
  readonly isRead: boolean;
  /**
   * Checks the body and applies the rule.
   *
   * @throws ServiceError when the service would refuse.
   */
  run(call: OperationCall, body: unknown): Outcome;
}

/** How an operation is declared. */
export interface OperationDeclaration<M extends Members> {
  readonly name: string;
  readonly isRead?: boolean;
  readonly members: M;
  /** The error for a missing ClientRequestToken, which is looked for before anything else. */
  readonly withoutToken?: 'InvalidRequestException' | 'InvalidParameterException';
  readonly rule: (call: OperationCall, input: InputOf<M>) => Outcome;
}

/** Makes an operation of its declaration. */
export function operation<M extends Members>(declaration: OperationDeclaration<M>): Operation {
  const { name, isRead = false, members, withoutToken, rule } = declaration;
  return {
    name,
    isRead,
    run(call, body) {
      if (withoutToken !== undefined) checkToken(body, withoutToken);
      return rule(call, readMembers(members, body));
    },
  };
}

function checkToken(body: unknown, errorType: string): void {
  const token = (body as { ClientRequestToken?: unknown }).ClientRequestToken;
  if (token !== undefined && token !== null && token !== '') return;
  throw new ServiceError(errorType, 'You must provide a ClientRequestToken value. We recommend a UUID-type value.');
}
