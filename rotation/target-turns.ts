import { type DatabaseEngine } from './database-engine';
import { OutcomeUnknownError, RotationError, TargetUnavailableError } from './errors';
import { type ConnectionSecret } from './secret-value';

/** How far apart the attempts of all secrets on one unavailable target are, in milliseconds. */
const apartMs = 200;
/** The most that anybody waits for a turn, in milliseconds: as long as the steps' back-off at its longest. */
const mostMs = 300_000;

/** A target that was unavailable to whoever asked it last. */
interface Away {
  /** Whether somebody waits for its answer now. */
  asked: boolean;
  /** The first instant that nobody has been told to come back at. */
  nextTurnAt: number;
}

/**
 * Who may ask an unavailable target, and when: one at a time, and each is told to come back at an instant of its own. So
 * a host that swallows packets costs as little with a thousand secrets on it as with one; healthy rotations keep their
 * speed. The first that is answered opens the target to all.
 *
 * Kept in the memory of one process. `now` is a clock in milliseconds.
 */
export class TargetTurns {
  readonly #away = new Map<string, Away>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Asks a target, known by any key that is its own.
   *
   * @throws TargetUnavailableError with the turn that the caller has, also where it was not asked because somebody
   * already waits for its answer; and whatever else `ask` throws.
   */
  async ask<Answer>(
    target: string,
    ask: () => Promise<Answer>,
    notAsked: () => TargetUnavailableError,
  ): Promise<Answer> {
    const away = this.#away.get(target);
    if (away?.asked) throw this.#withTurn(notAsked(), away);
    if (away) away.asked = true;
    try {
      const answer = await ask();
      this.#away.delete(target);
      return answer;
    } catch (err) {
      if (err instanceof TargetUnavailableError) throw this.#withTurn(err, this.#awayOf(target));
      if (isAnswer(err)) this.#away.delete(target);
      throw err;
    } finally {
      if (away) away.asked = false;
    }
  }

  #awayOf(target: string): Away {
    const away = this.#away.get(target) ?? { asked: false, nextTurnAt: this.#now() };
    this.#away.set(target, away);
    return away;
  }

  #withTurn(err: TargetUnavailableError, away: Away): TargetUnavailableError {
    const now = this.#now();
    const turnAt = Math.min(Math.max(now, away.nextTurnAt), now + mostMs);
    away.nextTurnAt = turnAt + apartMs;
    return new TargetUnavailableError(err.message, err.ids, turnAt - now);
  }
}

/** Whether the target has said something: a refusal is an answer, a lost connection and our own abort are none. */
function isAnswer(err: unknown): boolean {
  return err instanceof RotationError && !(err instanceof OutcomeUnknownError);
}

/** The same engine, which asks an unavailable target only when it is its turn. */
export function withTurns(engine: DatabaseEngine, turns: TargetTurns): DatabaseEngine {
  const asking = <Answer>(credential: ConnectionSecret, ask: () => Promise<Answer>): Promise<Answer> =>
    turns.ask(keyOf(engine, credential), ask, () => notAsked(engine, credential));
  return {
    name: engine.name,
    validate: (secret) => {
      engine.validate(secret);
    },
    canSignIn: (credential) => asking(credential, () => engine.canSignIn(credential)),
    inspect: (credential) => asking(credential, () => engine.inspect(credential)),
    changePassword: (change) => asking(change.signInAs, () => engine.changePassword(change)),
    matchUser: (match) => asking(match.superuser, () => engine.matchUser(match)),
    endStrays: (search) => asking(search.signInAs, () => engine.endStrays(search)),
    verifyCredential: (check) => asking(check.credential, () => engine.verifyCredential(check)),
  };
}

function keyOf({ name }: DatabaseEngine, { host, port }: ConnectionSecret): string {
  return `${name} ${host} ${port ?? ''}`;
}

function notAsked({ name: engine }: DatabaseEngine, credential: ConnectionSecret): TargetUnavailableError {
  const { host, port, username } = credential;
  const server = port === undefined ? host : `${host}:${port}`;
  return new TargetUnavailableError(
    `${server} has not answered lately, and another rotation is waiting for its answer now. Nothing was changed.`,
    { engine, host, username, ...(port === undefined ? {} : { port }) },
  );
}
