import { randomUUID } from 'node:crypto';
import { type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { type Activities } from '../../activities';
import { type DecisionChoice } from '../../client';
import { waitUntil } from '../../local/supervisor';
import { PasswordRejectedError, PermissionMissingError, StoreAccessDeniedError } from '../../rotation/errors';
import { type Publishers } from '../../worker/event-publishers';
import { rotationEventsId } from '../../workflows/names';
import { FailingStep } from './failing-step';
import { Hold } from './hold';
import { leaveOver } from './leave-over';
import { type RotatedApplication } from './rotated-application';
import { type RotorUnderTest } from './rotor-under-test';
import { troubledPaths } from './troubled-paths';

type Wrap = (activities: Activities) => Activities;

/** One way through a workflow: what begins it, what it meets before testSecret, and what is changed about its activities. */
export interface RecordedPath {
  readonly begin: (application: RotatedApplication) => Promise<WorkflowHandle>;
  /** @defaultValue the held step goes on */
  readonly meet?: (application: RotatedApplication, hold: Hold) => unknown;
  readonly wrap?: Wrap;
  /** @defaultValue nobody is told beside the log */
  readonly publishers?: Publishers;
}

/** Records the history of each way in which a rotation, or what mends a secret, can go. */
export class PathRecorder {
  readonly #rotor: RotorUnderTest;

  constructor(rotor: RotorUnderTest) {
    this.#rotor = rotor;
  }

  /** A history of each kind by its name, as JSON. */
  async record(): Promise<Record<string, string>> {
    const paths = {
      ...this.#ways(),
      ...this.#decisions(),
      ...this.#mending(),
      ...this.#telling(),
      ...troubledPaths(this.#rotor),
    };
    const histories: Record<string, string> = {};
    for (const [name, path] of Object.entries(paths)) histories[name] = await this.#historyOf(path);
    return histories;
  }

  #ways(): Record<string, RecordedPath> {
    const begin = this.#request;
    const refused = new FailingStep('testSecret', new PermissionMissingError('GRANT it.'));
    const rejected = new FailingStep('setSecret', new PasswordRejectedError('too short'), { times: 1 });
    return {
      rotated: { begin },
      undone: { begin, wrap: (activities) => refused.wrap(activities) },
      renewed: { begin, wrap: (activities) => rejected.wrap(activities) },
      cancelled: { begin, meet: ({ arn }) => this.#rotor.owner(arn).cancel() },
      abandoned: {
        begin,
        meet: async (application, hold) => {
          await application.put(JSON.stringify({ ...(await application.value()), comment: 'edited by hand' }));
          hold.release();
        },
      },
      unsearchable: { begin, wrap: unsearchable },
      unarmed: { begin, wrap: unarmed },
      signalled: { begin: async ({ arn }) => this.#rotor.owner(arn, await this.#rotor.signal(arn)) },
      tick: { begin: this.#startTick },
      coalesced: {
        begin: async (application) => {
          await begin(application);
          return this.#startTick(application);
        },
      },
      tested: { begin: (application) => this.#request(application, { rotateImmediately: false }) },
      failed: {
        begin: async (application) => {
          await application.setPassword('changed-by-somebody');
          return this.#request(application);
        },
      },
    };
  }

  #decisions(): Record<string, RecordedPath> {
    return {
      retried: this.#decided('retry'),
      rolledBack: this.#decided('rollBack'),
      leftAsItIs: this.#decided('abandon'),
      askedAgain: this.#decided('retry', ({ name }) => this.#rotor.client.askAgain(name)),
    };
  }

  /** A person decides, after something that happens while the rotation waits for it. */
  #decided(
    choice: DecisionChoice,
    meanwhile: (application: RotatedApplication) => unknown = () => undefined,
  ): RecordedPath {
    const finish = new FailingStep('finishSecret', new StoreAccessDeniedError('Grant it.'));
    return {
      begin: this.#request,
      wrap: (activities) => finish.wrap(activities),
      meet: async (application, hold) => {
        const { name } = application;
        hold.release();
        const isAsked = async (): Promise<boolean> =>
          (await this.#rotor.client.describe(name)).rotation?.status?.question !== undefined;
        await waitUntil(isAsked, { limitMs: 30_000 });
        await meanwhile(application);
        finish.mend();
        await this.#rotor.client.decide({ secretId: name, choice });
      },
    };
  }

  #mending(): Record<string, RecordedPath> {
    const { leftover } = this.#rotor.client;
    return {
      takenOver: { begin: (application) => this.#onLeftover(application, (name) => leftover.resume(name)) },
      discarded: { begin: (application) => this.#onLeftover(application, (name) => leftover.discard(name)) },
      reconciled: {
        begin: async ({ name, arn }) => this.#rotor.owner(arn, (await this.#rotor.client.reconcile(name)).runId),
      },
    };
  }

  #telling(): Record<string, RecordedPath> {
    const publishers: Publishers = { webhook: () => ({ publish: () => Promise.resolve() }) };
    return {
      told: { begin: this.#request, publishers },
      published: {
        begin: async (application) => {
          await this.#request(application);
          return this.#publication(application);
        },
        publishers,
      },
    };
  }

  /** The workflow that publishes the events of a secret's rotation, once it is there. */
  async #publication({ arn }: RotatedApplication): Promise<WorkflowHandle> {
    const [runId = ''] = await this.#rotor.runs(arn);
    const publication = this.#rotor.temporal.workflow.getHandle(rotationEventsId(runId));
    const isThere = (): Promise<boolean> =>
      publication.describe().then(
        () => true,
        () => false,
      );
    await waitUntil(isThere, { limitMs: 30_000 });
    return publication;
  }

  async #onLeftover(
    application: RotatedApplication,
    act: (name: string) => Promise<{ readonly runId?: string }>,
  ): Promise<WorkflowHandle> {
    await leaveOver(this.#rotor, { application, token: randomUUID() });
    return this.#rotor.owner(application.arn, (await act(application.name)).runId);
  }

  readonly #request = async (
    { name, arn }: RotatedApplication,
    request: { rotateImmediately?: boolean } = {},
  ): Promise<WorkflowHandle> => {
    const rotationRules = { automaticallyAfterDays: 30 };
    const { runId } = await this.#rotor.client.rotateSecret({ secretId: name, rotationRules, ...request });
    return this.#rotor.owner(arn, runId);
  };

  readonly #startTick = ({ arn }: RotatedApplication): Promise<WorkflowHandle> =>
    this.#rotor.temporal.workflow.start('scheduledRotation', {
      workflowId: `scheduled-rotation:${arn}`,
      taskQueue: this.#rotor.taskQueue,
      args: [{ secretId: arn, configuration: {}, rotationRules: { automaticallyAfterDays: 30 } }],
    });

  async #historyOf(path: RecordedPath): Promise<string> {
    const { begin, meet = release, wrap = unchanged, publishers = {} } = path;
    const hold = new Hold({ step: 'testSecret', moment: 'before' });
    const worker = await this.#rotor.startWorker({ wrap: (activities) => hold.wrap(wrap(activities)), publishers });
    const application = await this.#rotor.createApplication();
    const handle = await begin(application);
    const ended = handle.result().catch(() => undefined);
    await Promise.race([hold.reached.then(() => meet(application, hold)), ended]);
    await ended;
    await this.#rotor.untilRotated(application.arn, { runs: 1 });
    await worker.stop();
    return textOf(handle);
  }
}

/** A history as it is stored. */
export async function textOf(handle: WorkflowHandle): Promise<string> {
  return JSON.stringify(JSON.parse(historyToJSON(await handle.fetchHistory())), null, 2);
}

function release(_: RotatedApplication, hold: Hold): void {
  hold.release();
}

const unchanged: Wrap = (activities) => activities;

const unsearchable: Wrap = (activities) => ({
  ...activities,
  openRotation: async (input) => ({ ...(await activities.openRotation(input)), searchable: false }),
});

const unarmed: Wrap = (activities) => ({
  ...activities,
  armNextRotation: () => {
    const failure = ApplicationFailure.nonRetryable('lost', 'ScheduleUnavailable');
    failure.stack = failure.message; // as the failure boundary leaves it
    throw failure;
  },
});
