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
  const pair = {
    superuser: connectionSecret({ username: 'admin', password: 'canary-admin' }),
    original: current,
    alternate: connectionSecret({ username: 'app_clone', password: 'canary-new' }),
  };
  const check = { credential: pair.alternate, parity: pair };
  const keeping = { ...change, alsoKeep: new Sensitive('canary-kept') };
  const calls: Record<string, (engine: DatabaseEngine) => Promise<unknown>> = {
    canSignIn: (engine) => engine.canSignIn(current),
    inspect: (engine) => engine.inspect(current),
    verifyCredential: (engine) => engine.verifyCredential({ credential: current }),
    changePassword: (engine) => engine.changePassword(change),
    endStrays: (engine) => engine.endStrays({ signInAs: current, username: 'app' }),
  };

  function engineThat(answer: () => Promise<never>): DatabaseEngine {
    const members = { canSignIn: answer, inspect: answer, verifyCredential: answer };
    const changing = { changePassword: answer, matchUser: answer, endStrays: answer };
    return withRedaction({ name: 'talkative', validate: () => undefined, ...members, ...changing });
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

  it.each<[string, string, (engine: DatabaseEngine) => Promise<unknown>]>([
    ['a change', 'canary-old, canary-new, canary-kept', (engine) => engine.changePassword(keeping)],
    ['a pair of users', 'canary-admin, canary-old, canary-new', (engine) => engine.matchUser(pair)],
    ['a check of both', 'canary-admin, canary-old, canary-new', (engine) => engine.verifyCredential(check)],
  ])('shows none of the passwords of %s', async (_, secrets, call) => {
    const engine = engineThat(() => Promise.reject(new TargetUnavailableError(`lost ${secrets}`)));

    const shown = await shownBy(call(engine));

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
      inspect: (credential) =>
        Promise.resolve({ serverId: String(asked.push(['inspect', credential])), secondPassword: true }),
      changePassword: (asChange) => Promise.resolve(void asked.push(['changePassword', asChange])),
      matchUser: (asPair) => Promise.resolve({ changed: asked.push(['matchUser', asPair]) > 0 }),
      endStrays: (search) => Promise.resolve(void asked.push(['endStrays', search])),
      verifyCredential: (asCheck) => Promise.resolve(void asked.push(['verifyCredential', asCheck])),
    });

    engine.validate(current);
    const accepted = await engine.canSignIn(current);
    const facts = await engine.inspect(current);
    await engine.changePassword(change);
    const matched = await engine.matchUser(pair);
    await engine.endStrays({ signInAs: current, username: 'app' });
    await engine.verifyCredential(check);

    expect([engine.name, accepted]).toEqual(['quiet', true]);
    expect([facts, matched]).toEqual([{ serverId: '3', secondPassword: true }, { changed: true }]);
    expect(asked).toEqual([
      ['validate', current],
      ['canSignIn', current],
      ['inspect', current],
      ['changePassword', change],
      ['matchUser', pair],
      ['endStrays', { signInAs: current, username: 'app' }],
      ['verifyCredential', check],
    ]);
  });
});
