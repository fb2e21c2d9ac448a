import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';
import { armingOptions, quickLookOptions, stepOptions, stockOptions, until } from './activity-options';

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
  takeStock: 'find which credentials sign in',
  reconcile: 'have the superuser set the current password',
  armNextRotation: 'set the Schedule to the next rotation',
} as const;

type Step = keyof typeof summaries;

function proxy<Name extends Step>(name: Name, options = stepOptions): Activities[Name] {
  return proxyActivities<Activities>({ ...options, summary: summaries[name] })[name];
}

/** The activities of a rotation that are tried until they succeed or fail for good, as a workflow calls them. */
export const activities = {
  openRotation: proxy('openRotation'),
  finishSecret: proxy('finishSecret'),
  restoreCurrent: proxy('restoreCurrent'),
  discardPending: proxy('discardPending'),
  takeStock: proxy('takeStock', stockOptions),
  reconcile: proxy('reconcile'),
  armNextRotation: proxy('armNextRotation', armingOptions),
};

/** What is tried once within the workflow task: one event of history, where a step has six and a further workflow task. */
export const quickLook = proxyLocalActivities<Pick<Activities, 'armNextRotation'>>({
  ...quickLookOptions,
  summary: summaries.armNextRotation,
});

/** The activities up to the pivot. */
export type ForwardActivities = Pick<Activities, 'createSecret' | 'setSecret' | 'testSecret' | 'testCurrent'>;

/**
 * The activities up to the pivot, which are given up at an instant. It is asked for at each call; where there is none,
 * they are tried for ever.
 */
export function forwardActivities(giveUpAt: () => string | undefined): ForwardActivities {
  return {
    createSecret: (request) => proxy('createSecret', until(giveUpAt()))(request),
    setSecret: (rotation) => proxy('setSecret', until(giveUpAt()))(rotation),
    testSecret: (rotation) => proxy('testSecret', until(giveUpAt()))(rotation),
    testCurrent: (request) => proxy('testCurrent', until(giveUpAt()))(request),
  };
}
