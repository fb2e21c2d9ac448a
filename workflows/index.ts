export { publishRotationEvents } from './publish-rotation-events';
export { rotateSecret } from './rotate-secret';
export { scheduledRotation } from './scheduled-rotation';
