import { type Client, type ScheduleSummary } from '@temporalio/client';
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

/**
 * Every secret that has a Schedule or an open rotation, page by page; none is told twice. The server finds those in a
 * state by search attributes that every namespace has, so that a few among thousands cost a few.
 */
export async function* listRotations(
  temporal: Client,
  { state }: { state?: ListedState } = {},
): AsyncGenerator<ListedRotation, void> {
  const rotating = await openRotations(temporal);
  if (state === 'rotating') yield* listRotating(temporal, rotating);
  else yield* listScheduled(temporal, { state, rotating });
}

async function* listScheduled(
  temporal: Client,
  { state, rotating }: { state: 'scheduled' | 'paused' | undefined; rotating: Set<string> },
): AsyncGenerator<ListedRotation, void> {
  const condition = state && `TemporalSchedulePaused = ${state === 'paused'}`;
  for await (const schedule of askEach(temporal, listSchedules(temporal, condition))) {
    const arn = arnOf(schedule.scheduleId);
    const isRotating = rotating.delete(arn);
    if (!state || !isRotating) yield listed(arn, { schedule, isRotating });
  }
  if (!state) for (const arn of rotating) yield listed(arn, { isRotating: true });
}

/** So many Schedules are asked for at once: their ids are long, and a query has its limits. */
const askedAtOnce = 25;

async function* listRotating(temporal: Client, rotating: Set<string>): AsyncGenerator<ListedRotation, void> {
  const arns = [...rotating];
  for (let at = 0; at < arns.length; at += askedAtOnce) {
    const some = arns.slice(at, at + askedAtOnce);
    const condition = `ScheduleId IN (${some.map((arn) => `"${rotationId(arn)}"`).join(', ')})`;
    const schedules = new Map<string, ScheduleSummary>();
    for await (const schedule of askEach(temporal, listSchedules(temporal, condition))) {
      schedules.set(arnOf(schedule.scheduleId), schedule);
    }
    for (const arn of some) yield listed(arn, { schedule: schedules.get(arn), isRotating: true });
  }
}

function listed(
  arn: string,
  { schedule, isRotating }: { schedule?: ScheduleSummary | undefined; isRotating: boolean },
): ListedRotation {
  return {
    arn,
    state: isRotating ? 'rotating' : schedule?.state.paused ? 'paused' : 'scheduled',
    nextRotation: schedule?.info.nextActionTimes[0]?.toISOString(),
    note: schedule?.state.note,
  };
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
