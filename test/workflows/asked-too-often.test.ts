import { Decisions } from '../../workflows/decisions';

jest.mock('@temporalio/workflow', () => ({
  ...jest.requireActual<object>('@temporalio/workflow'),
  CancellationScope: { nonCancellable: (run: () => unknown) => run() },
  condition: () => new Promise(() => undefined),
}));

test('a rotation that was asked again a thousand times is asked no more, and can still be decided', async () => {
  const decisions = new Decisions();
  const onAsked = jest.fn();
  const findTruth = jest.fn(() => Promise.resolve({ truth: [] }));
  const reason = { type: 'StoreAccessDenied', message: 'Grant it.' };
  void decisions.ask({ reason, choices: { retry: '', rollBack: '', abandon: '' }, findTruth, onAsked });
  await Promise.resolve();

  for (let asked = 0; asked < 1_000; asked += 1) {
    decisions.validateAskAgain();
    await decisions.askAgain();
  }

  expect(() => {
    decisions.validateAskAgain();
  }).toThrow('was asked 1000 times already');
  expect(findTruth).toHaveBeenCalledTimes(1_001);
  expect(() => {
    decisions.validate({ choice: 'retry' });
  }).not.toThrow();
});
