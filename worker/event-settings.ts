/** Where events are told beside the log, as the environment says it. */
export interface EventSettings {
  /** The name or ARN of a bus of EventBridge. */
  readonly eventBus?: string;
  readonly webhookUrl?: string;
  /** A file with the keys that sign, one a line. */
  readonly webhookSecretFile?: string;
}
