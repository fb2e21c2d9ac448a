import { type Cell, cells, databaseStates, labelStates } from './cells';
import { type CellPattern, type Outcome, type Rule } from './rule';
import { ruleFor, rules } from './rules';
import { endOf } from './sentences';

const introduction = `# The state table

What becomes of a rotation in every state that it can find, and from every step that it can go on with after a crash. This
file is made from \`test/proof/state-table/rules.ts\`; a test fails while it is out of date. Each cell is tried: the state is
brought about, the rotation is run from that step on as the workflow runs it, and what came of it is judged by the labels and
by signing in. \`npm run prove -- state-table\` tries every cell on PostgreSQL, MySQL and MariaDB. \`npm test\` tries every cell in
memory and some of each rule on those servers: others in each run, the same ones with the \`ROTOR_SEED\` that the names of the
tests tell. Write this file anew with \`ROTOR_RENDER=true npx jest test/proof/state-table/table\`.

How a state is described:

- **First step**: the step that runs first; the ones before it were done, and the ones after it follow. Before createSecret
  nothing of this rotation is stored, unless the labels say so; later its version is.
- **Labels**: where AWSPENDING is. _No pending_ after createSecret: somebody took it off the rotation's version (the token).
  _Another token_: another rotation has taken it. _On the current version_: a rotation whose last label was not taken off:
  an earlier one, or after createSecret this one. _Current moved by someone else_: another value, with another password,
  was stored by hand after createSecret.
- **Database accepts**: which of the secret's credentials sign in, and no others do. _Current_ is what AWSCURRENT says now,
  _previous_ what AWSPREVIOUS says, _pending_ what the rotation's version says (before it exists, another rotation's).
- **Passwords**: how many one user can have on the server. PostgreSQL: one. MySQL and MariaDB: two.

No superuser is configured but for alternating users; a user has what it needs to change its own password.

How a rotation can end:

- **promoted**: AWSCURRENT is on its version, AWSPENDING on none.
- **undone**: it failed, and AWSPENDING was taken off. AWSCURRENT is where it was and signs in.
- **refused**: it failed, and nothing was changed at all.
- **gives way**: somebody else has taken a label. AWSCURRENT stays where it is and signs in; AWSPENDING is taken off the
  rotation's version.
- **waits**: it can go neither forward nor back by itself. Every label stays, so that no password is lost, and a person
  decides.
- **impossible**: nothing can bring the state about: who tries comes to another one, or is refused.
`;

/** The state table as a document: the rules, and which of them holds for each cell. */
export function renderTable(): string {
  return (
    [introduction.trimEnd(), '## The rules', 'Of those that fit, the first counts.', ruleTable(), ...grids()].join(
      '\n\n',
    ) + '\n'
  );
}

function ruleTable(): string {
  const rows = rules.map(({ when, then, because }, at) => [
    String(at + 1),
    states(when, 'step'),
    states(when, 'labels'),
    states(when, 'database'),
    states(when, 'strategy'),
    states(when, 'passwords'),
    endOf(then),
    acceptsThen(then),
    because,
  ]);
  return table(
    ['', 'First step', 'Labels', 'Database accepts', 'Strategy', 'Passwords', 'Outcome', 'Accepted then', 'Because'],
    rows,
  );
}

function states(when: CellPattern, axis: keyof Cell): string {
  const values: readonly string[] | undefined = when[axis];
  return values?.join(', ') ?? 'any';
}

function acceptsThen(then: Outcome): string {
  return then.end === 'impossible' ? '' : then.accepts;
}

function grids(): string[] {
  const kinds = [
    { strategy: 'single-user', passwords: 'one' },
    { strategy: 'single-user', passwords: 'two' },
    { strategy: 'alternating-users', passwords: 'one' },
    { strategy: 'multiple-credentials', passwords: 'one' },
    { strategy: 'multiple-credentials', passwords: 'two' },
  ] as const;
  return kinds.flatMap((kind) => [`## ${titleOf(kind)}`, grid(kind)]);
}

type Kind = Pick<Cell, 'strategy' | 'passwords'>;

function titleOf({ strategy, passwords }: Kind): string {
  if (strategy === 'alternating-users') return `${strategy}, however many passwords a user can have`;
  return `${strategy}, ${passwords === 'one' ? 'one password' : 'two passwords'} for a user`;
}

/** The number of the rule and its end, for each step and state of the labels, and each state of the database. */
function grid({ strategy, passwords }: Kind): string {
  const own = cells.filter((cell) => cell.strategy === strategy && cell.passwords === passwords);
  const rows = [...new Set(own.map(({ step }) => step))].flatMap((step) =>
    labelStates.map((labels) => [
      step,
      labels,
      ...databaseStates.map((database) => numbered(ruleFor({ step, labels, database, strategy, passwords }))),
    ]),
  );
  return table(['First step', 'Labels', ...databaseStates], rows);
}

function numbered(rule: Rule | undefined): string {
  return rule === undefined ? '' : `${rules.indexOf(rule) + 1} ${rule.then.end}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(3, ...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}
