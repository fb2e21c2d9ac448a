import { DefaultLogger, type LogLevel, type LogMetadata } from '@temporalio/worker';

const expected = 'No workflows registered, not polling for workflow tasks';

/** Warnings on stderr, without the SDK's about workers that only carry out activities: those of publishers do. */
export class WorkerLogger extends DefaultLogger {
  constructor() {
    super('WARN');
  }

  override log(level: LogLevel, message: string, meta?: LogMetadata): void {
    if (message !== expected) super.log(level, message, meta);
  }
}
