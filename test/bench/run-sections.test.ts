import { runSections } from '../../bench/run-sections';
import { type Section } from '../../bench/section';

const row = (value: number) => ({ of: { what: 'x' }, figures: { value: { value, unit: 'ms' } } });

test('each section is told of as it ends, and one that fails does not end the others', async () => {
  const failing: Section = { name: 'failing', title: 'Failing', run: () => Promise.reject(new Error('no server')) };
  const working: Section = { name: 'working', title: 'Working', run: () => Promise.resolve([row(1)]) };
  const told: string[] = [];
  const lines: string[] = [];

  const { sections } = await runSections({
    ...{ sections: [failing, working], runs: 1, quick: true, env: {} },
    onProgress: (line) => lines.push(line),
    onSection: ({ name }) => told.push(name),
  });

  expect(told).toEqual(['failing', 'working']);
  expect(sections).toMatchObject([
    { name: 'failing', failure: 'Error: no server', rows: [] },
    { name: 'working', rows: [row(1)] },
  ]);
  expect(lines).toEqual(['[1/2 failing] Failing', '[2/2 working] Working']);
});

test.each([
  [undefined, 5, 3],
  [3, 3, 2],
])(
  'a measurement that may be made %p times at the most is made %d times, and the median counts',
  async (most, times, expected) => {
    const values = [2, 1, 3, 5, 4];
    let measured = 0;
    const section: Section = {
      name: 'repeated',
      title: 'Repeated',
      run: ({ repeat }) => repeat(() => Promise.resolve([row(values[measured++] ?? NaN)]), most),
    };
    const quiet = { onProgress: () => undefined, onSection: () => undefined };

    const { sections } = await runSections({ ...quiet, sections: [section], runs: 5, quick: false, env: {} });

    expect(measured).toBe(times);
    expect(sections[0]).toMatchObject({ runs: times, rows: [row(expected)] });
  },
);
