import { type SecretValue } from './secret';
import { invalidParameter } from './service-error';

/** The two members that a value can arrive in. */
export interface ValueMembers {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: string | undefined;
}

/**
 * The value a request carries, or undefined where it carries none.
 *
 * @throws ServiceError `InvalidParameterException` when it carries two.
 */
export function valueIn({ SecretString, SecretBinary }: ValueMembers): SecretValue | undefined {
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (SecretString !== undefined) return { text: SecretString };
  return SecretBinary === undefined ? undefined : { base64: SecretBinary };
}

/** Whether two values are the same bytes of the same kind. */
export function isSameValue(one: SecretValue, other: SecretValue): boolean {
  if ('text' in one) return 'text' in other && one.text === other.text;
  return 'base64' in other && one.base64 === other.base64;
}

/** A value as the members of a response. */
export function valueMembers(value: SecretValue): ValueMembers {
  return 'text' in value ? { SecretString: value.text } : { SecretBinary: value.base64 };
}
