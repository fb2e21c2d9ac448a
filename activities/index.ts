export { createActivities, type Activities, type ActivityDeps } from './create-activities';
export { createEventActivities, type EventActivities } from './publish-event';
