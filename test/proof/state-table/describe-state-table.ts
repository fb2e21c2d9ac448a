import { type Ground, type GroundPlan, StateImpossibleError } from '../ground/ground';
import { useGround } from '../ground/use-ground';
import { inParallel } from '../in-parallel';
import { isFull, sample, seedOf } from '../sample';
import { type Cell, cells, nameOf } from './cells';
import { bringAbout, judge } from './judge';
import { type Outcome, type Rule } from './rule';
import { ruleFor, rules } from './rules';
import { sentenceOf } from './sentences';

/** Of all cells on a real server, one in so many is tried in the short form, and one of each rule. */
const oneIn = 6;

/** Proves every cell of the state table, or a sample of them, on a database and a secret store. */
export function describeStateTable(plan: GroundPlan): void {
  describe(`the state table on ${plan.name}${seedOf(plan)}`, () => {
    const ground = useGround(plan);

    for (const [at, rule] of rules.entries()) {
      const { then } = rule;
      const own = cellsOf(rule, plan);
      const chosen = isFull || plan.isQuick ? own : sample(own, oneIn);
      if (chosen.length === 0) continue;
      const title = `rule ${at + 1}, ${chosen.length} of ${own.length} cells: ${sentenceOf(rule)}`;
      const limitMs = 60_000 + own.length * 2_000;
      if (then.end === 'impossible') it(title, () => expectImpossible(ground(), chosen), limitMs);
      else it(title, () => expectAll(ground(), { chosen, outcome: then }), limitMs);
    }
  });
}

function cellsOf(rule: Rule, { hasSecondPasswords }: GroundPlan): readonly Cell[] {
  const passwords = hasSecondPasswords ? 'two' : 'one';
  return cells.filter((cell) => cell.passwords === passwords && ruleFor(cell) === rule);
}

async function expectImpossible(ground: Ground, chosen: readonly Cell[]): Promise<void> {
  const refusals = await inParallel(chosen, async (cell) => {
    const refusal: unknown = await bringAbout(ground, cell).catch((err: unknown) => err);
    return { cell: nameOf(cell), isRefused: refusal instanceof StateImpossibleError };
  });

  expect(refusals).toEqual(chosen.map((cell) => ({ cell: nameOf(cell), isRefused: true })));
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
