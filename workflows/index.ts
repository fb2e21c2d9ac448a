export { discardLeftover, reconcileSecret } from './mend-secret';
export { publishRotationEvents } from './publish-rotation-events';
export { rotateSecret } from './rotate-secret';
export { scheduledRotation } from './scheduled-rotation';
