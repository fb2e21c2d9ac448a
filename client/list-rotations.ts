import { type Client, type ScheduleSummary } from '@temporalio/client';
import { rotationId } from '../rotation/rotation-id';
import { workflowTypes } from '../workflows/names';
import { waiting } from '../workflows/rotation-status';
import { searchAttributes } from '../workflows/search-attributes';
import { askEach } from './ask-temporal';
import { listSchedules } from './rotation-schedules';

/** What a secret's rotation can be doing: under way, in need of a person, before its next instant, or kept from it. */
export const listedStates = ['rotating', waiting, 'scheduled', 'paused'] as const;

/** One of {@link listedStates}. Without search attributes a rotation that waits for a decision is told as rotating. */
export type ListedState = (typeof listedStates)[number];

/** The states of a secret with an open rotation. */
type OpenState = 'rotating' | typeof waiting;

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
  const open = await openRotations(temporal);
  if (state === 'rotating' || state === waiting) yield* listOpen(temporal, { open, state });
  else yield* listScheduled(temporal, { state, open });
}

async function* listScheduled(
  temporal: Client,
  { state, open }: { state: 'scheduled' | 'paused' | undefined; open: Map<string, OpenState> },
): AsyncGenerator<ListedRotation, void> {
  const condition = state && `TemporalSchedulePaused = ${state === 'paused'}`;
  for await (const schedule of askEach(temporal, listSchedules(temporal, condition))) {
    const arn = arnOf(schedule.scheduleId);
    const openState = open.get(arn);
    open.delete(arn);
    if (!state || !openState) yield listed(arn, { schedule, openState });
  }
  if (!state) for (const [arn, openState] of open) yield listed(arn, { openState });
}

/** So many Schedules are asked for at once: their ids are long, and a query has its limits. */
const askedAtOnce = 25;

async function* listOpen(
  temporal: Client,
  { open, state }: { open: Map<string, OpenState>; state: OpenState },
): AsyncGenerator<ListedRotation, void> {
  const arns = [...open.keys()].filter((arn) => open.get(arn) === state);
  for (let at = 0; at < arns.length; at += askedAtOnce) {
    const some = arns.slice(at, at + askedAtOnce);
    const condition = `ScheduleId IN (${some.map((arn) => `"${rotationId(arn)}"`).join(', ')})`;
    const schedules = new Map<string, ScheduleSummary>();
    for await (const schedule of askEach(temporal, listSchedules(temporal, condition))) {
      schedules.set(arnOf(schedule.scheduleId), schedule);
    }
    for (const arn of some) yield listed(arn, { schedule: schedules.get(arn), openState: state });
  }
}

function listed(
  arn: string,
  { schedule, openState }: { schedule?: ScheduleSummary | undefined; openState: OpenState | undefined },
): ListedRotation {
  return {
    arn,
    state: openState ?? (schedule?.state.paused ? 'paused' : 'scheduled'),
    nextRotation: schedule?.info.nextActionTimes[0]?.toISOString(),
    note: schedule?.state.note,
  };
}

async function openRotations(temporal: Client): Promise<Map<string, OpenState>> {
  const ours = `WorkflowType = "${workflowTypes.owner}" AND WorkflowId STARTS_WITH "${rotationId('')}"`;
  const query = `${ours} AND ExecutionStatus = "Running"`;
  const open = new Map<string, OpenState>();
  for await (const { workflowId, typedSearchAttributes } of askEach(temporal, temporal.workflow.list({ query }))) {
    const isWaiting = typedSearchAttributes.get(searchAttributes.state) === waiting;
    open.set(arnOf(workflowId), isWaiting ? waiting : 'rotating');
  }
  return open;
}

function arnOf(id: string): string {
  return id.slice(rotationId('').length);
}
