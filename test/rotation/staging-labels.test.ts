import { foreignPending, holderOf, type VersionLabels } from '../../rotation/staging-labels';

describe('the holder of a label', () => {
  const labels: VersionLabels = { a: ['AWSPREVIOUS', 'blue'], b: ['AWSCURRENT', 'AWSPENDING'] };

  it('is the version that holds it, alone or beside others', () => {
    expect(holderOf(labels, 'AWSPREVIOUS')).toBe('a');
    expect(holderOf(labels, 'AWSCURRENT')).toBe('b');
    expect(holderOf(labels, 'AWSPENDING')).toBe('b');
  });

  it('is undefined where no version holds it', () => {
    expect(holderOf({ a: ['AWSCURRENT'] }, 'AWSPENDING')).toBeUndefined();
    expect(holderOf({}, 'AWSCURRENT')).toBeUndefined();
  });
});

describe('another rotation’s pending version', () => {
  it.each<[string, VersionLabels, string | undefined]>([
    ['is none where nothing is pending', { a: ['AWSCURRENT'] }, undefined],
    ['is none where the version is ours', { a: ['AWSCURRENT'], ours: ['AWSPENDING'] }, undefined],
    ['is none where a finished rotation left the label', { a: ['AWSCURRENT', 'AWSPENDING'] }, undefined],
    ['is none where ours is current already', { a: ['AWSPREVIOUS'], ours: ['AWSCURRENT'] }, undefined],
    ['is none where the secret has no version', {}, undefined],
    ['is the version that holds the label', { a: ['AWSCURRENT'], b: ['AWSPENDING'] }, 'b'],
    ['is the previous version where that holds it', { a: ['AWSPREVIOUS', 'AWSPENDING'], b: ['AWSCURRENT'] }, 'a'],
    ['is the version that holds it while none is current', { b: ['AWSPENDING'] }, 'b'],
  ])('%s', (_, labels, expected) => {
    expect(foreignPending(labels, 'ours')).toBe(expected);
  });
});
