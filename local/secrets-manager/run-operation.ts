import { randomInt } from 'node:crypto';
import { type Controls } from './controls/controls';
import { type FunctionInvoker } from './rotator/rotation-function';
import { internalError } from './service/front-door-error';
import { type Caller, type Catalog, type Operation, type OperationCall, type Outcome } from './service/operation';
import { ServiceError } from './service/service-error';
import { type SecretStore } from './storage/secret-store';

/** What operations run on. */
export interface OperationParts {
  readonly store: SecretStore;
  readonly controls: Controls;
  readonly invoker: FunctionInvoker;
  /** Told after a change that may concern a rotation or a deletion. */
  readonly onRotationChange: () => void;
}

/** One call, checked and ready to run. */
export interface OperationRequest {
  readonly operation: Operation;
  readonly caller: Caller;
  readonly body: unknown;
  /** For how long readers do not see what this call writes. */
  readonly hideMs?: number | undefined;
}

type Response = Outcome['response'];

/**
 * Runs an operation; its changes are durable when it answers, and so is whatever its answer is based on.
 *
 * @throws ServiceError
 */
export async function runOperation(parts: OperationParts, request: OperationRequest): Promise<Response> {
  const seen = new Set<string>();
  try {
    const outcome = await decide(parts, { request, seen });
    if (outcome.refusal !== undefined) throw outcome.refusal;
    return outcome.response;
  } finally {
    await settle(parts.store, seen);
  }
}

async function decide(
  parts: OperationParts,
  { request, seen }: { request: OperationRequest; seen: Set<string> },
): Promise<Outcome> {
  const first = runRule(parts, { request, seen });
  if (first.invokes === undefined) return keep(parts, { request, outcome: first });
  if (!(await parts.invoker.canInvoke(first.invokes))) throw cannotInvoke();
  // The state may have changed while the function was being asked for.
  return keep(parts, { request, outcome: runRule(parts, { request, seen }) });
}

function runRule(
  { store, controls }: OperationParts,
  { request, seen }: { request: OperationRequest; seen: Set<string> },
): Outcome {
  const { operation, caller, body } = request;
  const shown = operation.isRead ? controls.hidden.view(store) : store;
  const catalog = noticing(shown, seen);
  const call: OperationCall = { catalog, caller, now: controls.clock.now(), random: (below) => randomInt(below) };
  const outcome = operation.run(call, body);
  // A reader that was shown an older state must not bring it back.
  return shown === store ? outcome : { ...outcome, accessed: [] };
}

async function keep(
  { store, controls, onRotationChange }: OperationParts,
  { request, outcome }: { request: OperationRequest; outcome: Outcome },
): Promise<Outcome> {
  const { changed = [], accessed = [] } = outcome;
  if (accessed.length > 0) store.note(accessed);
  if (changed.length === 0) return outcome;
  if (request.hideMs !== undefined) {
    for (const { arn } of changed) controls.hidden.hide(arn, { before: store.byArn(arn), ms: request.hideMs });
  }
  await store.commit(changed).catch(() => {
    throw internalError();
  });
  if (changed.some(({ rotation, deletion }) => rotation !== undefined || deletion !== undefined)) onRotationChange();
  return outcome;
}

/** Nobody is told of a state that a crash could still take back. */
async function settle(store: SecretStore, seen: ReadonlySet<string>): Promise<void> {
  for (const arn of seen) {
    await store.whenDurable(arn)?.catch(() => {
      throw internalError();
    });
  }
}

/** The same catalog, which notes what was found in it. */
function noticing(catalog: Catalog, seen: Set<string>): Catalog {
  const notice = <Found extends { arn: string } | undefined>(secret: Found): Found => {
    if (secret !== undefined) seen.add(secret.arn);
    return secret;
  };
  return {
    byArn: (arn) => notice(catalog.byArn(arn)),
    byName: (caller, name) => notice(catalog.byName(caller, name)),
    all: (caller) => [...catalog.all(caller)].map(notice),
  };
}

function cannotInvoke(): ServiceError {
  return new ServiceError(
    'AccessDeniedException',
    'Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.',
  );
}
