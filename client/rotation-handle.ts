/** A rotation that was accepted. */
export interface RotationHandle {
  readonly arn: string;
  readonly name: string;
  /** The id of the version that the rotation makes: its ClientRequestToken. */
  readonly versionId: string;
  /** The workflow run that carries it out; absent for a rotation that was over when it was asked for. */
  readonly runId?: string;
}
