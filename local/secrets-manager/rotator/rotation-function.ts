/** The steps of a rotation, in order. */
export const rotationSteps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

/** What a rotation function is called with, in the service's words. */
export interface RotationEvent {
  readonly Step: (typeof rotationSteps)[number];
  /** The full ARN. */
  readonly SecretId: string;
  readonly ClientRequestToken: string;
  readonly RotationToken: string;
}

/** A rotation function in this process. It fails by throwing; what it throws is not shown to anybody. */
export type RotationFunction = (event: RotationEvent) => Promise<void> | void;

/**
 * Where rotation functions are: one function for every ARN, some by their ARN, an address of the AWS Lambda Invoke API,
 * or a plain HTTP address that each event is posted to.
 */
export type RotationFunctionSource =
  | RotationFunction
  | ReadonlyMap<string, RotationFunction>
  | { readonly lambdaEndpoint: string }
  | { readonly url: string };

/** How the service reaches rotation functions. */
export interface FunctionInvoker {
  /** Whether a function of this ARN is there and may be called. */
  canInvoke(functionArn: string): Promise<boolean>;
  /** Calls it with one event. @throws Error when it could not be called or failed. */
  invoke(functionArn: string, { event, signal }: { event: RotationEvent; signal: AbortSignal }): Promise<void>;
}
