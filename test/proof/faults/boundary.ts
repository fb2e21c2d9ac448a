import { type StepDeps } from '../../../rotation/steps/step';
import { type AnyStep, type Attempt } from '../carry-out';

/** One call that a rotation makes of the outside world. */
export interface Call<Step extends string = AnyStep> {
  readonly step: Step;
  /** The port and its member: `store.describe`. */
  readonly name: string;
}

/** What belongs to one step. */
interface OfStep {
  readonly step: string;
}

/** A call, the attempt that makes it, and what it is given. */
export interface CallUnderWay<By extends OfStep = Attempt> extends Call<By['step']> {
  readonly attempt: By;
  readonly given: readonly unknown[];
}

/** Stands between a rotation and one of its calls: makes it, or not, or more than once. */
export type Around<By extends OfStep = Attempt> = (
  call: CallUnderWay<By>,
  make: () => Promise<unknown>,
) => Promise<unknown>;

/** Members of the ports that change nothing. */
const reading = ['describe', 'readVersion', 'readLabel', 'canSignIn', 'inspect', 'verifyCredential'];

/** Whether a call changes nothing. */
export function isReading({ name }: Pick<Call, 'name'>): boolean {
  return reading.some((member) => name.endsWith(`.${member}`));
}

/** Members of a port that reach no server. */
const local = ['validate'];

/** The same ports, whose every call goes through `around`: whatever members they have. */
export function withBoundary<By extends OfStep>(
  deps: StepDeps,
  { attempt, around }: { attempt: By; around: Around<By> },
): StepDeps {
  const guard = <Port extends object>(port: Port, name: string): Port =>
    new Proxy(port, {
      get: (target, member) => {
        const value: unknown = Reflect.get(target, member);
        if (typeof value !== 'function' || local.includes(String(member))) return value;
        const make = value as (...args: unknown[]) => Promise<unknown>;
        const call = { attempt, step: attempt.step as By['step'], name: `${name}.${String(member)}` };
        return (...given: unknown[]) => around({ ...call, given }, () => make.apply(target, given));
      },
    });
  return {
    store: guard(deps.store, 'store'),
    engineFor: (...asked) => guard(deps.engineFor(...asked), 'engine'),
  };
}
