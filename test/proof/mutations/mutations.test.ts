import { isFull } from '../sample';
import { type Suite } from './mutation';
import { mutations } from './mutations';
import { runSuite, type SuiteResult } from './run-suite';
import { occurrences, ScratchCopy } from './scratch-copy';

/** More than two runs of a suite may take. */
const limitMs = 400_000;
const chosen = isFull ? mutations : mutations.filter(({ isQuick = false }) => isQuick);

/** Where another verdict came, what the runner printed is shown too. */
function expectVerdict(expected: SuiteResult['verdict'], { verdict, output }: SuiteResult): void {
  expect(verdict === expected ? { verdict } : { verdict, output }).toEqual({ verdict: expected });
}

test.each(mutations)('the source still has the place for: $defect', ({ edits }) => {
  expect(edits.map((edit) => ({ file: edit.file, times: occurrences(edit) }))).toEqual(
    edits.map(({ file }) => ({ file, times: 1 })),
  );
});

describe('a deliberate defect is noticed', () => {
  let copy: ScratchCopy;
  const unharmed = new Map<string, Promise<SuiteResult>>();

  beforeAll(() => {
    copy = ScratchCopy.create();
  });

  afterAll(() => {
    copy.remove();
  });

  /** Once for all defects that the same tests notice. */
  function runUnharmed(suite: Suite): Promise<SuiteResult> {
    const key = JSON.stringify(suite);
    const run = unharmed.get(key) ?? runSuite(copy.folder, suite);
    unharmed.set(key, run);
    return run;
  }

  test.each(chosen)(
    '$defect',
    async ({ edits, suite }) => {
      expectVerdict('passes', await runUnharmed(suite));

      expectVerdict('fails', await copy.with(edits, () => runSuite(copy.folder, suite)));
    },
    limitMs,
  );
});
