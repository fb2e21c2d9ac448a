export { discardLeftover, reconcileSecret } from './mend-secret';
export { rotateSecret } from './rotate-secret';
export { scheduledRotation } from './scheduled-rotation';
