/** Thrown by `startSupervisor` when a living process already runs servers from the same folder. */
export class SupervisorInUseError extends Error {
  override readonly name = 'SupervisorInUseError';

  constructor(
    readonly folder: string,
    readonly pid: number,
  ) {
    super(`process ${pid} already runs its servers from ${folder}: stop it first, or use another folder`);
  }
}

/** Why the guardian process is of no more use: it ended, or never came up. */
export class GuardianLostError extends Error {
  override readonly name = 'GuardianLostError';

  constructor(
    readonly folder: string,
    reason: string,
  ) {
    super(`the process that guards the servers ${reason}: see guardian.log in ${folder}`);
  }
}

/** Thrown by `Supervisor.start` when the operating system refuses to run the command. */
export class CannotStartError extends Error {
  override readonly name = 'CannotStartError';

  constructor(
    readonly processName: string,
    readonly reason: string,
  ) {
    super(`cannot start ${processName}: ${reason}`);
  }
}

/** Thrown before a server is started on a port that another program holds. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
  /** The port that is taken. */
  readonly port: number;
  /** The server that it was meant for. */
  readonly purpose: string;

  constructor({ port, purpose, flag }: { port: number; purpose: string; flag?: string | undefined }) {
    const remedy = flag === undefined ? 'choose another port' : `choose another one with ${flag}`;
    super(`port ${port} for ${purpose} is already taken: stop the program that uses it, or ${remedy}`);
    this.port = port;
    this.purpose = purpose;
  }
}
