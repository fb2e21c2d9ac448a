export { rotateSecret } from './rotate-secret';
export { scheduledRotation } from './scheduled-rotation';
