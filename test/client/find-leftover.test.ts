import { type DescribedRotation } from '../../client';
import { findLeftover, type LeftoverVersion } from '../../client/find-leftover';
import { type SecretDescription } from '../../rotation/secret-store';
import { type VersionLabels } from '../../rotation/staging-labels';

const left = { old: ['AWSCURRENT'], new: ['AWSPENDING'] };
const promoted = { old: ['AWSPREVIOUS'], new: ['AWSCURRENT'] };
const ended: DescribedRotation = {
  runId: 'new',
  open: false,
  workflowStatus: 'TERMINATED',
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:01:00.000Z',
  status: undefined,
  retrying: undefined,
};

function secretWith(labels: VersionLabels): SecretDescription {
  return { arn: 'arn', name: 'name', labels, deleted: false, rotatedByAws: false, replicated: false };
}

/** What is found where the labels are first these and then those. */
async function found(
  { labels, then = labels }: { labels: VersionLabels; then?: VersionLabels },
  rotation?: DescribedRotation,
): Promise<{ leftover: LeftoverVersion | undefined; calls: number }> {
  let calls = 0;
  const describe = (): Promise<SecretDescription> => {
    calls += 1;
    return Promise.resolve(secretWith(then));
  };
  return { leftover: await findLeftover({ describe }, { secret: secretWith(labels), rotation }), calls };
}

test('AWSPENDING on a version that no rotation is open on is left over; since when, where that is known', async () => {
  const other = { ...ended, runId: 'another' };

  expect((await found({ labels: left })).leftover).toEqual({ versionId: 'new' });
  expect((await found({ labels: left }, other)).leftover).toEqual({ versionId: 'new' });
  expect((await found({ labels: left }, ended)).leftover).toEqual({ versionId: 'new', since: ended.endedAt });
});

test('labels that a rotation moved before it was seen to have ended are no leftover', async () => {
  expect((await found({ labels: left, then: promoted }, ended)).leftover).toBeUndefined();
  expect(
    (await found({ labels: left, then: { old: ['AWSCURRENT'], newer: ['AWSPENDING'] } })).leftover,
  ).toBeUndefined();
});

test.each([
  ['no AWSPENDING', { old: ['AWSCURRENT'] }, undefined],
  ['AWSPENDING beside AWSCURRENT', { old: ['AWSCURRENT', 'AWSPENDING'] }, ended],
  ['a rotation that is open', left, { ...ended, open: true, endedAt: undefined }],
])('%s is no leftover, and costs no further call', async (_, labels, rotation) => {
  expect(await found({ labels }, rotation)).toEqual({ leftover: undefined, calls: 0 });
});
