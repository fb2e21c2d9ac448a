import { findFreePort } from '../supervisor';

/** The ports of the stack on the loopback address. */
export interface StackPorts {
  readonly temporal: number;
  /** Absent: no web UI. */
  readonly ui?: number;
  readonly secretsManager: number;
  readonly postgres: number;
}

/** Where `rotor dev` listens: Temporal's own ports, and two beside them. */
export const devPorts: Required<StackPorts> = { temporal: 7233, ui: 8233, secretsManager: 7280, postgres: 7254 };

/** Ports that are free now, for a stack that nobody needs to find. */
export async function freePorts(): Promise<StackPorts> {
  const [temporal, secretsManager, postgres] = [await findFreePort(), await findFreePort(), await findFreePort()];
  return { temporal, secretsManager, postgres };
}
