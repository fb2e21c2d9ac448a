/**
 * The id of everything that concerns one secret's rotation: the owner workflow, whose id is the lock, and the Schedule.
 *
 * Made from the full ARN, so that a name, a partial ARN and the full ARN meet in one lock. A contract: it never changes.
 */
export function rotationId(arn: string): string {
  return `rotate:${arn}`;
}
