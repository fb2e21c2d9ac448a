import { type Ground, type GroundPlan } from '../ground/ground';
import { inParallel } from '../in-parallel';
import { isFull, sample } from '../sample';
import { type Cell, cells } from './cells';
import { judge } from './judge';
import { type Outcome, type Rule, ruleFor, rules } from './rules';
import { sentenceOf } from './sentences';

/** Of all cells on a real server, one in so many is tried in the short form, and one of each rule. */
const oneIn = 6;

/** Proves every cell of the state table, or a sample of them, on a database and a secret store. */
export function describeStateTable(plan: GroundPlan): void {
  describe(`the state table on ${plan.name}`, () => {
    let ground: Ground;

    beforeAll(async () => {
      ground = await plan.start();
    });

    afterAll(async () => {
      await ground.stop();
    });

    for (const [at, rule] of rules.entries()) {
      const { then } = rule;
      if (then.end === 'impossible') continue;
      const own = cellsOf(rule, plan);
      const chosen = isFull || plan.isQuick ? own : sample(own, oneIn);
      if (chosen.length === 0) continue;
      const title = `rule ${at + 1}, ${chosen.length} of ${own.length} cells: ${sentenceOf(rule)}`;
      it(title, () => expectAll(ground, { chosen, outcome: then }), 60_000 + own.length * 2_000);
    }
  });
}

function cellsOf(rule: Rule, { hasSecondPasswords }: GroundPlan): readonly Cell[] {
  const passwords = hasSecondPasswords ? 'two' : 'one';
  return cells.filter((cell) => cell.passwords === passwords && ruleFor(cell) === rule);
}

async function expectAll(
  ground: Ground,
  { chosen, outcome }: { chosen: readonly Cell[]; outcome: Exclude<Outcome, { end: 'impossible' }> },
): Promise<void> {
  const judged = await inParallel(chosen, (cell) => judge(ground, { cell, outcome }));

  expect(judged.map(({ cell, found }) => ({ cell, found }))).toEqual(
    judged.map(({ cell, expected }) => ({ cell, found: expected })),
  );
}
