import { randomUUID } from 'node:crypto';
import { type RotationEvent } from '../../rotation/rotation-event';

/** An event as a rotation tells it, with other members than usual. */
export function rotationEvent(members: Partial<RotationEvent> = {}): RotationEvent {
  return {
    id: `${randomUUID()}/1`,
    name: 'RotationStarted',
    sequence: 1,
    secretId: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/app-a1B2c3',
    clientRequestToken: randomUUID(),
    trigger: 'request',
    step: 'openRotation',
    outcome: 'open',
    startedAt: '2026-11-20T10:00:00.000Z',
    occurredAt: '2026-11-20T10:00:01.000Z',
    ...members,
  };
}
