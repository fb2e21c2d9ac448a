import { findLiveSecret } from '../service/find-secret';
import { type InputOf, shared } from '../service/members';
import { operation, type OperationCall, type Outcome } from '../service/operation';
import { planNext } from '../service/rotation-plan';
import { beginRotation, beginTest, pendingToken, resumeRotation } from '../service/rotation-progress';
import { checkRules } from '../service/rotation-window';
import { type Rotation, type Secret } from '../service/secret';
import { identity } from '../service/secret-description';
import { invalidRequest } from '../service/service-error';

const members = {
  SecretId: shared.secretId,
  ClientRequestToken: { ...shared.token, required: true },
  RotationLambdaARN: { kind: 'text', max: 2048 },
  RotationRules: {
    kind: 'structure',
    members: {
      AutomaticallyAfterDays: { kind: 'integer', min: 1, max: 1000 },
      Duration: { kind: 'text', min: 2, max: 3, pattern: /^[0-9]+h$/ },
      ScheduleExpression: { kind: 'text', min: 1, max: 256, pattern: /^[0-9A-Za-z()#?*\-/, ]+$/ },
    },
  },
  RotateImmediately: shared.flag,
} as const;

type Input = InputOf<typeof members>;

/** Stores a rotation configuration and starts a rotation, or only a test of it. The steps run after the answer. */
export const rotateSecret = operation({
  name: 'RotateSecret',
  withoutToken: 'InvalidParameterException',
  members,
  rule(call, input) {
    const secret = findLiveSecret(call, input.SecretId);
    const token = input.ClientRequestToken;
    const response = { ...identity(secret), VersionId: token };
    checkRules(input.RotationRules ?? {});
    const configured = configure(call, { secret, input });
    if (secret.versions.has(token)) return { response };
    const pending = pendingToken(secret);
    if (pending !== undefined) return refuse(secret, { token: pending, now: call.now });

    const begin = input.RotateImmediately === false ? beginTest : beginRotation;
    const changed = [begin(configured.secret, { token, now: call.now })];
    return { response, changed, invokes: configured.functionArn };
  },
});

function configure(
  call: OperationCall,
  { secret, input }: { secret: Secret; input: Input },
): { secret: Secret; functionArn: string } {
  const { rotation: stored } = secret;
  const functionArn = input.RotationLambdaARN ?? stored?.functionArn ?? '';
  if (functionArn === '') throw invalidRequest('No Lambda rotation function ARN is associated with this secret.');
  const rules = input.RotationRules ?? stored?.rules ?? {};
  const rotation: Rotation = planNext(call, { ...stored, enabled: true, functionArn, rules });
  return { secret: { ...secret, rotation, changedAt: call.now }, functionArn };
}

/** The call is refused, and the incomplete rotation is tried again under its own token. */
function refuse(secret: Secret, pending: { token: string; now: number }): Outcome {
  const refusal = invalidRequest("A previous rotation isn't complete. That rotation will be reattempted.");
  const resumed = secret.rotation?.enabled === true ? [resumeRotation(secret, pending)] : [];
  return { response: {}, changed: resumed, refusal };
}
