/** One part of the proof: suites of the tests, run as jest runs them. */
export interface Proof {
  /** By which it is asked for: `npm run prove -- faults`. */
  readonly name: string;
  /** What is proved, in a few words. */
  readonly claim: string;
  /** Where the suites are, as jest is told. */
  readonly tests: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const full = { ROTOR_PROVE: 'full' };

/** Everything that is proved, in its full form. Another proof is one more entry. */
export const proofs: readonly Proof[] = [
  {
    name: 'state-table',
    claim: 'every state has the outcome that the table says',
    tests: ['test/proof/state-table'],
    env: full,
  },
  {
    name: 'faults',
    claim: 'no fault at any call loses a password or stops a rotation',
    tests: ['test/proof/faults'],
    env: full,
  },
  {
    name: 'kill-points',
    claim: 'no kill of the worker, before or after any call, loses a password, sets a second one or stops a rotation',
    tests: ['test/proof/kill-points'],
    env: full,
  },
  {
    name: 'random-kills',
    claim: 'no kill of any process, at any time, loses a password or a rotation',
    tests: ['test/proof/random-kills', 'test/worker/killed'],
    env: full,
  },
  {
    name: 'races',
    claim: 'whoever else acts at the same moment, one rotation is done and no foreign value is lost',
    tests: ['test/proof/races', 'test/failures/late-effects', 'test/failures/held-past-its-worker'],
    env: full,
  },
  {
    name: 'leaks',
    claim: 'no password is found outside of Secrets Manager and the target, whatever dies',
    tests: ['test/proof/leaks', 'test/end-to-end/server-logs', 'test/workflows/leaks'],
    env: full,
  },
  {
    name: 'upgrade',
    claim: 'every rotation that an earlier build began goes on under this one',
    tests: ['test/proof/replay', 'test/proof/upgrade', 'test/workflows/replay'],
    env: full,
  },
  {
    name: 'house',
    claim:
      'everybody imports what they may, and nothing is larger, less documented or licensed otherwise than it may be',
    tests: ['test/house'],
  },
  {
    name: 'mutations',
    claim: 'the proofs notice deliberate defects',
    tests: ['test/proof/mutations'],
    env: full,
  },
];
