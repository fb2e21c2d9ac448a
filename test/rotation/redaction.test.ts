import { inspect } from 'node:util';
import { type DatabaseEngine } from '../../rotation/database-engine';
import { TargetUnavailableError } from '../../rotation/errors';
import { redact, withRedaction } from '../../rotation/redaction';
import { Sensitive } from '../../rotation/sensitive';
import { connectionSecret } from '../support/secret-text';

const password = 'p$ä "x" /7+';

describe('a text that is redacted', () => {
  it.each([
    ['as it is', password],
    ['in a URL', encodeURIComponent(password)],
    ['in JSON', JSON.stringify(password)],
    ['as base64', Buffer.from(password).toString('base64')],
    ['as hex', Buffer.from(password).toString('hex')],
  ])('does not hold a secret %s', (_, form) => {
    const clean = redact(`before ${form} and ${form} after`, [new Sensitive('other'), new Sensitive(password)]);

    expect(clean).not.toContain(form.replaceAll(/^"|"$/g, ''));
    expect(clean).toMatch(/^before .*\[redacted\].* after$/);
  });

  it('is left as it is where no secret is in it', () => {
    expect(redact('nothing here', [new Sensitive(password), new Sensitive('')])).toBe('nothing here');
    expect(redact('nothing here', [])).toBe('nothing here');
  });

  it('can be redacted of a secret that is not well-formed Unicode', () => {
    expect(redact('nothing here', [new Sensitive('\ud800')])).toBe('nothing here');
  });
});

describe('an engine with redaction', () => {
  const current = connectionSecret({ password: 'canary-old' });
  const change = { signInAs: current, username: 'app', newPassword: new Sensitive('canary-new') };
  const calls: Record<string, (engine: DatabaseEngine) => Promise<unknown>> = {
    canSignIn: (engine) => engine.canSignIn(current),
    verifyCredential: (engine) => engine.verifyCredential(current),
    changePassword: (engine) => engine.changePassword(change),
  };

  function engineThat(answer: () => Promise<never>): DatabaseEngine {
    const members = { canSignIn: answer, verifyCredential: answer, changePassword: answer };
    return withRedaction({ name: 'talkative', validate: () => undefined, ...members });
  }

  async function shownBy(call: Promise<unknown>): Promise<string> {
    const error: unknown = await call.catch((err: unknown) => err);
    return [
      inspect(error, { depth: null, showHidden: true }),
      JSON.stringify(error),
      String(error),
      (error as Error).stack,
    ].join('\n');
  }

  it.each(Object.entries(calls))('shows no password in an error of the domain from %s', async (_, call) => {
    const engine = engineThat(() =>
      Promise.reject(new TargetUnavailableError('lost canary-old, canary-new', { host: 'h' })),
    );

    const shown = await shownBy(call(engine).catch((err: unknown) => Promise.reject(err as Error)));

    expect(shown).toContain('TargetUnavailable');
    expect(shown).not.toContain('canary-old');
  });

  it('shows neither the old nor the new password of a change', async () => {
    const engine = engineThat(() => Promise.reject(new TargetUnavailableError('lost canary-old, canary-new')));

    const shown = await shownBy(engine.changePassword(change));

    expect(shown).toContain('[redacted]');
    expect(shown).not.toContain('canary');
  });

  it.each(Object.entries(calls))('shows no password in an error that is not the domain’s from %s', async (_, call) => {
    const engine = engineThat(() =>
      Promise.reject(Object.assign(new Error("ALTER ROLE app PASSWORD 'canary-old'"), { sql: 'canary-old' })),
    );

    expect(await shownBy(call(engine))).not.toContain('canary');
  });

  it('passes on the answers of the engine', async () => {
    const asked: unknown[] = [];
    const engine = withRedaction({
      name: 'quiet',
      validate: (secret) => asked.push(['validate', secret]),
      canSignIn: (credential) => Promise.resolve(asked.push(['canSignIn', credential]) > 0),
      changePassword: (asChange) => Promise.resolve(void asked.push(['changePassword', asChange])),
      verifyCredential: (credential) => Promise.resolve(void asked.push(['verifyCredential', credential])),
    });

    engine.validate(current);
    const accepted = await engine.canSignIn(current);
    await engine.changePassword(change);
    await engine.verifyCredential(current);

    expect([engine.name, accepted]).toEqual(['quiet', true]);
    expect(asked).toEqual([
      ['validate', current],
      ['canSignIn', current],
      ['changePassword', change],
      ['verifyCredential', current],
    ]);
  });
});
