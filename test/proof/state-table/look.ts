import { type VersionLabels } from '../../../rotation/staging-labels';
import { type Ground } from '../ground/ground';
import { type Arranged } from './arrange';
import { credentialIn, type CredentialName, type VersionName } from './secret-draft';

/** What a version is to the rotation; one that neither was arranged nor is the rotation's own is nobody's. */
type Holder = VersionName | 'unknown';

/** What is seen of a secret and its database, told by what each version is to the rotation. */
export interface Seen {
  readonly labels: Readonly<Record<string, Holder | undefined>>;
  /** The credentials that sign in. */
  readonly accepted: readonly CredentialName[];
}

/** Looks at the labels, and signs in with every credential that the secret holds. */
export async function look({ secrets, database }: Ground, arranged: Arranged): Promise<Seen> {
  const { secretId, clientRequestToken } = arranged.request;
  const held = new Map(arranged.credentials);
  if (!held.has('pending')) {
    const made = await secrets.text({ secretId, versionId: clientRequestToken });
    if (made !== undefined && isNew(arranged, made)) held.set('pending', credentialIn(made));
  }
  const accepted: CredentialName[] = [];
  for (const name of ['current', 'pending', 'previous'] as const) {
    const credential = held.get(name);
    if (!credential) continue;
    const { username, password } = credential;
    if (await database.signsIn({ username, password: password.reveal() })) accepted.push(name);
  }
  return { accepted, labels: named(await secrets.labels(secretId), arranged) };
}

/** A version that was promoted before is the current one, and no pending one; one that closes its token holds nothing. */
function isNew({ credentials }: Arranged, text: string): boolean {
  if (text === '{}') return false;
  return credentials.get('current')?.password.equals(credentialIn(text).password) !== true;
}

function named(found: VersionLabels, { versions }: Arranged): Seen['labels'] {
  const holders: Record<string, Holder | undefined> = {};
  for (const [versionId, held] of Object.entries(found)) {
    for (const label of held) holders[label] = versions.get(versionId) ?? 'unknown';
  }
  return labels(holders);
}

/** The labels that Secrets Manager gives a meaning to; undefined is nobody. */
export function labels(holders: Readonly<Record<string, Holder | undefined>>): Seen['labels'] {
  const { AWSCURRENT, AWSPENDING, AWSPREVIOUS } = holders;
  return { AWSCURRENT, AWSPENDING, AWSPREVIOUS };
}
