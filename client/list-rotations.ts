import { type Client } from '@temporalio/client';
import { rotationId } from '../rotation/rotation-id';
import { workflowTypes } from '../workflows/names';
import { askEach } from './ask-temporal';
import { listSchedules } from './rotation-schedules';

/** What a secret's rotation is doing: under way, or waiting for its next instant, or kept from it. */
export type ListedState = 'rotating' | 'scheduled' | 'paused';

/** A secret that Rotor rotates. */
export interface ListedRotation {
  readonly arn: string;
  readonly state: ListedState;
  /** ISO 8601. */
  readonly nextRotation: string | undefined;
  readonly note: string | undefined;
}

/** Every secret that has a Schedule or an open rotation, page by page; none is told twice. */
export async function* listRotations(
  temporal: Client,
  { state }: { state?: ListedState } = {},
): AsyncGenerator<ListedRotation, void> {
  const rotating = await openRotations(temporal);
  for await (const { scheduleId, state: schedule, info } of askEach(temporal, listSchedules(temporal))) {
    const arn = arnOf(scheduleId);
    const listed: ListedRotation = {
      arn,
      state: rotating.delete(arn) ? 'rotating' : schedule.paused ? 'paused' : 'scheduled',
      nextRotation: info.nextActionTimes[0]?.toISOString(),
      note: schedule.note,
    };
    if (!state || listed.state === state) yield listed;
  }
  for (const arn of !state || state === 'rotating' ? rotating : []) {
    yield { arn, state: 'rotating', nextRotation: undefined, note: undefined };
  }
}

async function openRotations(temporal: Client): Promise<Set<string>> {
  const ours = `WorkflowType = "${workflowTypes.owner}" AND WorkflowId STARTS_WITH "${rotationId('')}"`;
  const query = `${ours} AND ExecutionStatus = "Running"`;
  const open = new Set<string>();
  for await (const { workflowId } of askEach(temporal, temporal.workflow.list({ query }))) open.add(arnOf(workflowId));
  return open;
}

function arnOf(id: string): string {
  return id.slice(rotationId('').length);
}
