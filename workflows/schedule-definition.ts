import { type RotationPlan } from '../rotation/rotation-request';
import { tickId, workflowTypes } from './names';

/** A secret's Schedule without the instants that it fires at: plain data, so that an activity can be told it. */
export interface ScheduleDefinition {
  readonly action: {
    readonly type: 'startWorkflow';
    readonly workflowType: string;
    readonly workflowId: string;
    readonly taskQueue: string;
    readonly args: [RotationPlan];
    readonly staticSummary: string;
  };
  readonly policies: {
    readonly overlap: 'SKIP';
    readonly catchupWindow: '7 days';
    readonly pauseOnFailure: false;
  };
}

/** The Schedule that rotates a secret by its plan. */
export function scheduleDefinition(plan: RotationPlan, taskQueue: string): ScheduleDefinition {
  return {
    action: {
      type: 'startWorkflow',
      workflowType: workflowTypes.tick,
      workflowId: tickId(plan.secretId),
      taskQueue,
      args: [plan],
      staticSummary: `scheduled rotation of ${plan.secretId}`,
    },
    policies: { overlap: 'SKIP', catchupWindow: '7 days', pauseOnFailure: false },
  };
}
