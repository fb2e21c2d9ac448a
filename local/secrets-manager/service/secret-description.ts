import { type Secret } from './secret';
import { labelsOf } from './staging-labels';

const dayMs = 24 * 60 * 60 * 1000;

/** A moment as it travels: seconds, with milliseconds as their fraction. */
export function seconds(moment: number): number;
export function seconds(moment: number | undefined): number | undefined;
export function seconds(moment: number | undefined): number | undefined {
  return moment === undefined ? undefined : moment / 1000;
}

/** Midnight UTC before a moment: all that a last access keeps. */
export function midnight(moment: number): number {
  return Math.floor(moment / dayMs) * dayMs;
}

/** The members that DescribeSecret and ListSecrets share. Whatever has no value is absent. */
export function describeHead(secret: Secret): Readonly<Record<string, unknown>> {
  const { rotation, deletion } = secret;
  return {
    ARN: secret.arn,
    Name: secret.name,
    Type: secret.type,
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    RotationEnabled: rotation?.enabled,
    RotationLambdaARN: rotation?.functionArn,
    RotationRules: rotation?.rules,
    LastRotatedDate: seconds(rotation?.rotatedAt),
    LastChangedDate: seconds(secret.changedAt),
    LastAccessedDate: seconds(secret.accessedOn),
    DeletedDate: seconds(deletion?.purgeAt),
    NextRotationDate: seconds(rotation?.nextBy),
    Tags: secret.tags,
    CreatedDate: seconds(secret.createdAt),
  };
}

/** The labelled versions with their labels, or undefined where there is none. */
export function versionsToStages({ labels }: Secret): Readonly<Record<string, string[]>> | undefined {
  if (labels.size === 0) return undefined;
  return Object.fromEntries([...new Set(labels.values())].map((id) => [id, labelsOf(labels, id)]));
}

/** ARN and name, with which nearly every response begins. */
export function identity({ arn, name }: Secret): { readonly ARN: string; readonly Name: string } {
  return { ARN: arn, Name: name };
}
