import { type DatabaseEngine, type EngineFor } from './database-engine';
import { MalformedSecretError, OutcomeUnknownError, RotationError, TargetSilentError } from './errors';
import { type ConnectionSecret } from './secret-value';

/** After how many attempts in a row without an answer a circuit opens: one lost packet is not the host's. */
const failuresToOpen = 3;
/** How far apart the next attempts of all who got no answer are, in milliseconds: a thousand share the five minutes. */
const apartMs = 300;
/** The most that anybody is told to wait, in milliseconds: as long as the steps' back-off at its longest. */
const mostMs = 300_000;

/** What is known of a target that does not answer. */
interface Circuit {
  /** How many got no answer since the last one. */
  failures: number;
  /** Whether one attempt waits for an answer while the circuit is open. */
  isProbed: boolean;
  /** The first instant that nobody has been told to come back at. */
  nextAt: number;
  /** What the last one was told who got no answer. */
  message: string;
}

/**
 * A circuit breaker for each target, so that a host that swallows packets costs as little with a thousand secrets on it
 * as with one, and healthy rotations keep their speed. While a circuit is open, one attempt at a time asks the target and
 * the others fail at once; each is told to come back later than the one before. Any answer closes it.
 *
 * Kept in the memory of one process. `now` is a clock in milliseconds.
 */
export class CircuitBreaker {
  readonly #circuits = new Map<string, Circuit>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Asks the target of a credential.
   *
   * @throws TargetSilentError with the least time to wait, also where the target was not asked; and whatever else `ask`
   * throws.
   */
  async call<Answer>(credential: ConnectionSecret, ask: () => Promise<Answer>): Promise<Answer> {
    const target = targetOf(credential);
    const open = this.#open(target);
    if (open?.isProbed) throw this.#notAsked(open, credential);
    if (open) open.isProbed = true;
    try {
      const answer = await ask();
      this.#circuits.delete(target);
      return answer;
    } catch (err) {
      if (err instanceof TargetSilentError) throw this.#failed(target, err);
      if (isAnswer(err)) this.#circuits.delete(target);
      throw err;
    } finally {
      if (open) open.isProbed = false;
    }
  }

  /** The circuit of a target, where it is open. One that nobody needed for long is forgotten. */
  #open(target: string): Circuit | undefined {
    const circuit = this.#circuits.get(target);
    if (circuit === undefined || circuit.nextAt + mostMs < this.#now()) {
      this.#circuits.delete(target);
      return undefined;
    }
    return circuit.failures >= failuresToOpen ? circuit : undefined;
  }

  #failed(target: string, { message, ids }: TargetSilentError): TargetSilentError {
    const known = this.#circuits.get(target) ?? { failures: 0, isProbed: false, nextAt: this.#now(), message };
    this.#circuits.set(target, known);
    known.failures += 1;
    known.message = message;
    return new TargetSilentError(message, ids, this.#nextWaitMs(known));
  }

  #notAsked(open: Circuit, { engine, host, port, username }: ConnectionSecret): TargetSilentError {
    return new TargetSilentError(
      `${open.message} It was not asked for this secret, because another rotation is waiting for its answer.`,
      { engine, host, username, ...(port === undefined ? {} : { port }) },
      this.#nextWaitMs(open),
    );
  }

  #nextWaitMs(circuit: Circuit): number {
    const now = this.#now();
    const at = Math.min(Math.max(now, circuit.nextAt), now + mostMs);
    circuit.nextAt = at + apartMs;
    return at - now;
  }
}

/** The same engines, which go through a circuit breaker. */
export function withCircuitBreaker(engineFor: EngineFor, breaker: CircuitBreaker): EngineFor {
  return (name, tls) => guarded(engineFor(name, tls), breaker);
}

function guarded(engine: DatabaseEngine, breaker: CircuitBreaker): DatabaseEngine {
  return {
    name: engine.name,
    validate: (secret) => {
      engine.validate(secret);
    },
    canSignIn: (credential) => breaker.call(credential, () => engine.canSignIn(credential)),
    inspect: (credential) => breaker.call(credential, () => engine.inspect(credential)),
    changePassword: (change) => breaker.call(change.signInAs, () => engine.changePassword(change)),
    matchUser: (match) => breaker.call(match.superuser, () => engine.matchUser(match)),
    endStrays: (search) => breaker.call(search.signInAs, () => engine.endStrays(search)),
    verifyCredential: (check) => breaker.call(check.credential, () => engine.verifyCredential(check)),
  };
}

function targetOf({ engine, host, port }: ConnectionSecret): string {
  return `${engine} ${host} ${port ?? 'default'}`;
}

/** Whether the target has said something: a refusal is an answer; a lost connection and what Rotor says itself are none. */
function isAnswer(err: unknown): boolean {
  if (!(err instanceof RotationError)) return false;
  return !(err instanceof OutcomeUnknownError) && !(err instanceof MalformedSecretError);
}
