/** What a fault does to a call. */
export type FaultKind = 'throttle' | 'fail-before' | 'fail-after' | 'drop' | 'delay' | 'hide';

/** The kinds of faults, by name. */
export const faultKinds: readonly FaultKind[] = ['throttle', 'fail-before', 'fail-after', 'drop', 'delay', 'hide'];

/** A fault that the next calls meet. */
export interface Fault {
  readonly kind: FaultKind;
  /** The operation it is for; every one, where absent. */
  readonly operation?: string | undefined;
  /** How many calls meet it. @defaultValue 1 */
  readonly count?: number | undefined;
  /** How long to delay, to hide or, of one that throttles, to ask to be left alone. @defaultValue 0 */
  readonly ms?: number | undefined;
}

/** The faults that one call meets, with their milliseconds. */
export type MetFaults = ReadonlyMap<FaultKind, number>;

interface ArmedFault {
  readonly fault: Fault;
  left: number;
}

const none: MetFaults = new Map();

/** Faults that tests have armed. */
export class Faults {
  #armed: ArmedFault[] = [];

  /** Arms a fault. Faults of one kind are met in the order in which they were armed. */
  arm(fault: Fault): void {
    this.#armed.push({ fault, left: fault.count ?? 1 });
  }

  /** Disarms all. */
  clear(): void {
    this.#armed = [];
  }

  /** The faults that a call meets now, at most one of each kind; each is used up by one. */
  meet(operation: string): MetFaults {
    if (this.#armed.length === 0) return none;
    const met = new Map<FaultKind, number>();
    for (const armed of this.#armed) {
      const { kind, operation: wanted = operation, ms = 0 } = armed.fault;
      if (wanted !== operation || met.has(kind)) continue;
      met.set(kind, ms);
      armed.left -= 1;
    }
    this.#armed = this.#armed.filter(({ left }) => left > 0);
    return met;
  }
}
