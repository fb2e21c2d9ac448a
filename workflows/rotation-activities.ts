import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';
import { armingOptions, stepOptions } from './activity-options';

/** Each activity with the line that Temporal's web UI shows beside it. */
const summaries = {
  openRotation: 'find the secret and how it is rotated',
  createSecret: 'store a new credential under AWSPENDING',
  setSecret: 'make the database accept it',
  testSecret: 'sign in with it and prove that it works',
  finishSecret: 'move AWSCURRENT to it',
  restoreCurrent: 'undo: make the database accept AWSCURRENT again',
  discardPending: 'undo: take AWSPENDING off',
  testCurrent: 'sign in with the current credential and prove that it works',
} as const;

type Step = keyof typeof summaries;

function proxy<Name extends Step>(name: Name): Activities[Name] {
  return proxyActivities<Activities>({ ...stepOptions, summary: summaries[name] })[name];
}

/** The activities of a rotation, as a workflow calls them. */
export const activities: Pick<Activities, Step | 'armNextRotation'> = {
  openRotation: proxy('openRotation'),
  createSecret: proxy('createSecret'),
  setSecret: proxy('setSecret'),
  testSecret: proxy('testSecret'),
  finishSecret: proxy('finishSecret'),
  restoreCurrent: proxy('restoreCurrent'),
  discardPending: proxy('discardPending'),
  testCurrent: proxy('testCurrent'),
  armNextRotation: proxyActivities<Activities>({ ...armingOptions, summary: 'set the Schedule to the next rotation' })
    .armNextRotation,
};
