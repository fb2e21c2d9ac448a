import { type Section } from '../section';
import { deadTargetSection } from './dead-target';
import { dueAtOnceSection } from './due-at-once';
import { durabilitySection } from './durability';
import { endpointSection } from './endpoint';
import { eventLoopSection } from './event-loop';
import { memorySection } from './memory';
import { recoverySection } from './recovery';
import { rotationsSection } from './rotations';
import { schedulesSection } from './schedules';

/** Everything that is measured, in this order. */
export const sections: readonly Section[] = [
  rotationsSection,
  durabilitySection,
  dueAtOnceSection,
  deadTargetSection,
  recoverySection,
  schedulesSection,
  memorySection,
  eventLoopSection,
  endpointSection,
];
