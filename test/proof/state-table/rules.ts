import { type Cell } from './cells';
import { givesWay, impossible, promoted, refused, type CellPattern, type Rule, undone, waits } from './rule';

const create = ['createSecret'] as const;
const afterCreate = ['setSecret', 'testSecret', 'finishSecret'] as const;
const upToSet = ['createSecret', 'setSecret'] as const;
const stored = ['pending = token'] as const;
const empty = ['pending without a value'] as const;
const moved = ['current moved by someone else'] as const;
const taken = ['no pending', 'pending = another token', ...moved] as const;
const nothingStored = ['no pending', 'pending on the current version'] as const;
const toBeFilled = [...nothingStored, ...empty] as const;
const oneUser = ['single-user', 'multiple-credentials'] as const;
const alternating = ['alternating-users'] as const;
const multiple = ['multiple-credentials'] as const;

/** The state table: of the rules that fit a cell, the first counts. */
export const rules: readonly Rule[] = [
  {
    when: { database: ['current and pending'], strategy: oneUser, passwords: ['one'] },
    then: impossible,
    because: 'Both credentials are of one user, who has one password on this server.',
  },
  {
    when: { step: create, labels: ['no pending'], database: ['pending', 'current and pending'] },
    then: impossible,
    because: 'Nothing is pending yet: a password that no version holds is the row “none”.',
  },
  {
    when: { labels: ['pending on the current version'], database: ['pending', 'current and pending'] },
    then: impossible,
    because: 'The pending credential is the current one: see “current”.',
  },
  {
    when: { labels: empty, database: ['pending', 'current and pending'] },
    then: impossible,
    because: 'A version without a value holds no credential that could be accepted.',
  },
  {
    when: { step: create, labels: ['pending = another token'] },
    then: refused('RotationInProgress'),
    because: 'Another rotation is not over. It is left alone, whatever the database accepts.',
  },
  {
    when: { step: afterCreate, labels: ['pending on the current version'] },
    then: promoted('as before'),
    because: 'This rotation was promoted already: only its last label is left to be taken off.',
  },
  {
    when: { step: create, labels: toBeFilled, database: ['current', 'previous'], strategy: ['single-user'] },
    then: promoted('pending'),
    because: 'The user changes its own password, signed in as current or, where that is refused, as previous.',
  },
  {
    when: { step: create, labels: toBeFilled, database: ['current'], strategy: alternating },
    then: promoted('current and pending'),
    because: 'The superuser makes the other user fit; the one that was current keeps its password.',
  },
  {
    when: { step: create, labels: toBeFilled, database: ['current'], strategy: multiple, passwords: ['two'] },
    then: promoted('current and pending'),
    because: 'The new password is added beside the one that was current.',
  },
  {
    when: { step: create, labels: nothingStored, database: ['current'], strategy: multiple },
    then: refused('ConfigurationInvalid'),
    because: 'The server has no second passwords, which is seen before anything is stored.',
  },
  {
    when: { step: create, labels: empty, database: ['current'], strategy: multiple },
    then: undone('ConfigurationInvalid'),
    because: 'The server has no second passwords; the label of the version that was never filled is taken off.',
  },
  {
    when: { step: create, labels: nothingStored },
    then: refused('SignInRefused'),
    because: 'No credential that could make the change signs in, which is seen before anything is stored.',
  },
  {
    when: { step: create, labels: empty },
    then: waits('discardPending'),
    because: 'No credential signs in that could make the change; and no label is taken off while AWSCURRENT does not.',
  },
  {
    when: { step: create, labels: moved, database: ['current', 'current and pending'], strategy: multiple },
    then: givesWay('current'),
    because:
      'The version was made from a value that is not current any more: to promote it would undo that change. Its password ' +
      'is taken away where it was added.',
  },
  {
    when: { step: create, labels: moved, database: ['current', 'current and pending'] },
    then: givesWay('as before'),
    because: 'The version was made from a value that is not current any more: to promote it would undo that change.',
  },
  {
    when: { step: create, labels: moved },
    then: waits('discardPending'),
    because:
      'As before; but what is current now does not sign in, so the version may hold the only password that does.',
  },
  {
    when: { step: ['finishSecret'], labels: stored },
    then: promoted('as before'),
    because:
      'testSecret has proved the credential, and from there it goes only forward. Whatever the database was told since ' +
      'by somebody else, the version that was current stays at hand as AWSPREVIOUS.',
  },
  {
    when: { step: ['finishSecret'], labels: empty },
    then: waits('finishSecret', 'StoreRequestRefused'),
    because:
      'Secrets Manager moves AWSCURRENT to no version without a value. (No rotation comes here: createSecret reads its ' +
      'value back, and no value is ever taken out of a version.)',
  },
  {
    when: { step: upToSet, labels: stored, database: ['current and pending'], strategy: ['single-user'] },
    then: promoted('pending'),
    because: 'The user is to have one password: signed in as current, it is given the pending one, and no other.',
  },
  {
    when: { labels: stored, database: ['current and pending'] },
    then: promoted('as before'),
    because: 'The database accepts the pending credential already, and the current one beside it.',
  },
  {
    when: { step: upToSet, labels: stored, database: ['current', 'pending', 'previous'], strategy: ['single-user'] },
    then: promoted('pending'),
    because: 'The pending credential signs in already, or else the user sets it, signed in as current or as previous.',
  },
  {
    when: { step: upToSet, labels: stored, database: ['current'], strategy: alternating },
    then: promoted('current and pending'),
    because: 'The superuser makes the other user fit; the one that was current keeps its password.',
  },
  {
    when: { step: upToSet, labels: stored, database: ['current'], strategy: multiple, passwords: ['two'] },
    then: promoted('current and pending'),
    because: 'The new password is added beside the one that was current.',
  },
  {
    when: { step: upToSet, labels: stored, database: ['current', 'pending'], strategy: multiple, passwords: ['one'] },
    then: undone('ConfigurationInvalid'),
    because: 'The server has no second passwords. What is current is made to sign in, if it does not.',
  },
  {
    when: { step: ['testSecret'], labels: stored, database: ['pending'], strategy: ['single-user', ...alternating] },
    then: promoted('as before'),
    because: 'The pending credential proves itself, which is all that is asked of it.',
  },
  {
    when: { labels: stored, database: ['pending'], strategy: multiple },
    then: undone('SignInRefused'),
    because:
      'The strategy promises that the current password goes on working. It does not, so consumers are helped first: ' +
      'signed in as pending, the user gets it back.',
  },
  {
    when: { step: ['testSecret'], labels: stored, database: ['current'] },
    then: undone('SignInRefused'),
    because: 'The pending credential does not sign in, though it was set: the rotation goes back.',
  },
  {
    when: { step: ['testSecret'], labels: stored, database: ['previous'], strategy: ['single-user'] },
    then: undone('SignInRefused'),
    because: 'As before; the current password is set again, signed in as previous.',
  },
  {
    when: { step: afterCreate, labels: [...taken, ...empty], database: ['current'] },
    then: givesWay('current'),
    because: 'Somebody else took a label. The database accepts what is current now, and there is nothing to undo.',
  },
  {
    when: { step: afterCreate, labels: taken, database: ['current and pending'], strategy: multiple },
    then: givesWay('current'),
    because: 'Somebody else took a label. The password that was added is taken away again.',
  },
  {
    when: { step: afterCreate, labels: moved, database: ['current and pending'] },
    then: givesWay('as before'),
    because:
      'Somebody else stored what is current now, which signs in. The next rotation replaces the other credential.',
  },
  {
    when: { step: afterCreate, labels: taken, database: ['current and pending'], strategy: ['single-user'] },
    then: givesWay('as before'),
    because: 'Somebody else took a label. What is current signs in; the next rotation ends the other password.',
  },
  {
    when: { step: afterCreate, labels: taken, database: ['current and pending'] },
    then: givesWay('current and previous'),
    because:
      'Somebody else took a label. What is current signs in, and the other user gets the password back that AWSPREVIOUS ' +
      'holds, for those who still use it.',
  },
  {
    when: { step: afterCreate, labels: taken, database: ['pending'], strategy: oneUser },
    then: givesWay('current'),
    because: 'Somebody else took a label. Signed in as pending, the user gets what is current now as its password.',
  },
  {
    when: { step: afterCreate, labels: taken, database: ['previous'], strategy: oneUser },
    then: givesWay('current'),
    because: 'Somebody else took a label. Signed in as previous, the user gets what is current now as its password.',
  },
  {
    when: { step: afterCreate, labels: moved, database: ['previous'] },
    then: givesWay('current'),
    because: 'Somebody else stored what is current now. Signed in as previous, its user gets it as its password.',
  },
  {
    when: { step: upToSet, labels: stored, database: ['previous'], strategy: multiple, passwords: ['one'] },
    then: undone('ConfigurationInvalid'),
    because: 'The server has no second passwords. Signed in as previous, the user gets the current one back.',
  },
  {
    when: { labels: stored, database: ['previous'], strategy: multiple },
    then: undone('SignInRefused'),
    because:
      'The strategy keeps the current password, which does not sign in. Signed in as previous, the user gets it back.',
  },
  {
    when: { labels: [...stored, ...taken, ...empty], database: ['none'] },
    then: waits('restoreCurrent'),
    because: 'No credential that the secret holds signs in: only a person can make what is current do so.',
  },
  {
    when: { labels: [...stored, ...taken], database: ['pending', 'previous'], strategy: alternating },
    then: waits('restoreCurrent'),
    because:
      'What is current does not sign in. What does is of the other user, who may not set the password of this one.',
  },
  {
    when: { step: ['setSecret', 'testSecret'], labels: empty, database: ['previous'] },
    then: waits('restoreCurrent'),
    because: 'What is current does not sign in, and there is no pending credential to go back from: a person decides.',
  },
];

/** The rule for a cell: the first that fits; undefined where none does, which is a gap in the table. */
export function ruleFor(cell: Cell): Rule | undefined {
  return rules.find(({ when }) => fits(cell, when));
}

function fits(cell: Cell, when: CellPattern): boolean {
  return Object.entries(when).every(([axis, values]) =>
    (values as readonly string[]).includes(cell[axis as keyof Cell]),
  );
}
