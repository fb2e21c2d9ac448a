import { type DatabaseEngine, type PasswordChange, type UserPair } from './database-engine';
import { RotationError } from './errors';
import { type Sensitive } from './sensitive';

const mark = '[redacted]';

/** A text without the given secrets, in whatever usual form they stand in it: raw, URL- or JSON-escaped, base64, hex. */
export function redact(text: string, secrets: readonly Sensitive[]): string {
  return secrets.flatMap(formsOf).reduce((clean, form) => clean.replaceAll(form, mark), text);
}

/**
 * The same engine, whose errors cannot hold a password that it was given: the second line behind adapters that never
 * pass on what a driver says. An error that is not Rotor's loses its text and its stack.
 */
export function withRedaction(engine: DatabaseEngine): DatabaseEngine {
  return {
    name: engine.name,
    validate: (secret) => {
      engine.validate(secret);
    },
    canSignIn: (credential) => redacting([credential.password], () => engine.canSignIn(credential)),
    inspect: (credential) => redacting([credential.password], () => engine.inspect(credential)),
    changePassword: (change) => redacting(passwordsIn(change), () => engine.changePassword(change)),
    matchUser: (match) => redacting(passwordsOf(match), () => engine.matchUser(match)),
    endStrays: (search) => redacting([search.signInAs.password], () => engine.endStrays(search)),
    verifyCredential: (check) =>
      redacting([check.credential.password, ...passwordsOf(check.parity)], () => engine.verifyCredential(check)),
  };
}

function passwordsIn({ signInAs, newPassword, alsoKeep }: PasswordChange): Sensitive[] {
  return [signInAs.password, newPassword, ...(alsoKeep ? [alsoKeep] : [])];
}

function passwordsOf(pair: UserPair | undefined): Sensitive[] {
  return pair ? [pair.superuser.password, pair.original.password, pair.alternate.password] : [];
}

async function redacting<Answer>(secrets: readonly Sensitive[], ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (err) {
    throw err instanceof RotationError ? withoutSecrets(err, secrets) : withoutContent(err);
  }
}

function withoutSecrets(err: RotationError, secrets: readonly Sensitive[]): RotationError {
  err.message = redact(err.message, secrets);
  err.stack = redact(err.stack ?? '', secrets);
  return err;
}

/** Nothing but the class: a driver's error holds its statement in members that nobody knows. */
function withoutContent(err: unknown): Error {
  const bare = new Error(mark);
  if (err instanceof Error) Object.setPrototypeOf(bare, Object.getPrototypeOf(err) as object);
  bare.stack = `${bare.name}: ${mark}`;
  return bare;
}

function formsOf(secret: Sensitive): string[] {
  const text = secret.reveal();
  const bytes = Buffer.from(text);
  const forms = [text, encodeURIComponent(bytes.toString()), JSON.stringify(text).slice(1, -1)];
  return [...new Set([...forms, bytes.toString('base64'), bytes.toString('hex')])].filter((form) => form !== '');
}
