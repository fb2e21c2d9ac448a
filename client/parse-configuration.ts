import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { ConfigurationInvalidError } from '../rotation/errors';
import { allowedCharacters, defaultPasswordPolicy, type PasswordPolicy } from '../rotation/password-policy';
import { type RotationConfiguration } from '../rotation/rotation-request';
import { strategyNames } from '../rotation/strategies/rotation-strategy';

/** A schema for each member that a type has, so that neither can be extended without the other. */
type Members<Type> = { readonly [Member in keyof Required<Type>]: z.ZodType };

const text = z.string({ error: 'must be a text' }).min(1, { error: 'must not be empty' });
const flag = z.boolean({ error: 'must be true or false' });
const statements = z.array(text, { error: 'must be a list of SQL statements' });
const port = between(1, 65_535);
const hours = z
  .number({ error: 'must be a number of hours' })
  .positive({ error: 'must be more than 0' })
  .max(24_000, { error: 'must be at most 24000' });

const certificates = text.refine(areCertificates, { error: 'must hold one or more certificates as PEM' });

const endpoint = object({ host: text, port: port.exactOptional() });

const passwordPolicy = object({
  length: z.int({ error: 'must be a whole number' }).exactOptional(),
  excludeCharacters: z.string({ error: 'must be a text' }).exactOptional(),
  excludeNumbers: flag.exactOptional(),
  excludePunctuation: flag.exactOptional(),
  excludeUppercase: flag.exactOptional(),
  excludeLowercase: flag.exactOptional(),
  requireEachIncludedType: flag.exactOptional(),
} satisfies Members<PasswordPolicy>).superRefine((policy, context) => {
  const why = unsatisfiable(policy);
  if (why !== undefined) context.addIssue({ code: 'custom', message: `cannot be used: ${why}` });
});

const configuration = object({
  strategy: z.enum(strategyNames, { error: `must be one of ${strategyNames.join(', ')}` }).exactOptional(),
  superuserSecretId: text.exactOptional(),
  tls: object({ ca: certificates.exactOptional() }).exactOptional(),
  probes: object({ read: statements.exactOptional(), write: statements.exactOptional() }).exactOptional(),
  endpoints: z.array(endpoint, { error: 'must be a list of addresses, each with a host' }).exactOptional(),
  giveUpAfterHours: hours.exactOptional(),
  passwordPolicy: passwordPolicy.exactOptional(),
} satisfies Members<RotationConfiguration>);

/** The members that a configuration has. */
export const configurationMembers: readonly string[] = Object.keys(configuration.shape);

/**
 * A configuration from the outside, checked by everything that can be known without the secret. Unknown members are
 * refused.
 *
 * @throws ConfigurationInvalidError that names the path of each member that is wrong, and what is allowed there.
 */
export function parseConfiguration(input: unknown): RotationConfiguration {
  const parsed = configuration.safeParse(input);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `${pathOf(path)} ${message}`);
  throw new ConfigurationInvalidError(`${wrong.join('; ')}.`);
}

/** Whether a text is one or more certificates as PEM. */
export function areCertificates(pem: string): boolean {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  return blocks.length > 0 && blocks.every(isCertificate);
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== '';
  } catch {
    return false;
  }
}

function object<Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const members = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `has ${members}, but no ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}`
        : `must be an object with ${members}`,
  });
}

function between(least: number, most: number): z.ZodInt {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

function unsatisfiable(policy: Partial<PasswordPolicy>): string | undefined {
  try {
    allowedCharacters(defaultPasswordPolicy(policy));
    return undefined;
  } catch (err) {
    if (err instanceof ConfigurationInvalidError) return err.message.replace(/\.$/, '');
    throw err;
  }
}

/** As one writes it in a program: `endpoints[1].port`. */
function pathOf(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return steps.length === 0 ? 'The configuration' : steps.join('').replace(/^\./, '');
}
