import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { rotationId } from '../../rotation/rotation-id';
import { type RotorUnderTest } from './rotor-under-test';

/** Runs the plain `temporal` command on the shared server. */
export async function runTemporal(rotor: RotorUnderTest, args: readonly string[]): Promise<void> {
  const { temporal, temporalExecutable } = rotor.servers;
  const env = { ...process.env, TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace };
  await promisify(execFile)(temporalExecutable, [...args], { env });
}

/** Everything by which a rotation can be cancelled, but the web UI. */
export const waysToCancel = {
  /** As a program does. */
  client: (rotor: RotorUnderTest, arn: string): Promise<unknown> => rotor.client.cancelRotation({ secretId: arn }),
  /** As an operator does in a shell. */
  commandLine: (rotor: RotorUnderTest, arn: string): Promise<unknown> =>
    runTemporal(rotor, ['workflow', 'cancel', '--workflow-id', rotationId(arn)]),
} as const;

/** Terminates a rotation as an operator does in a shell. */
export function terminate(rotor: RotorUnderTest, arn: string): Promise<void> {
  return runTemporal(rotor, ['workflow', 'terminate', '--workflow-id', rotationId(arn), '--reason', 'in a hurry']);
}
