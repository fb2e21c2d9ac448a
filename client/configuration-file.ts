import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { ConfigurationInvalidError } from '../rotation/errors';
import { parseRotationRules } from '../rotation/schedule/parse-rotation-rules';
import { areCertificates, configurationMembers, parseConfiguration } from './parse-configuration';
import { type RotateSecretRequest } from './rotate-secret-request';

/** What a file says about how and when a secret is rotated. */
export type RotationSettings = Pick<RotateSecretRequest, 'configuration' | 'rotationRules'>;

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads a configuration and rotation rules from a YAML or JSON file: the members of a configuration, `rotationRules`
 * beside them, and `tls.caFile` (relative to the file) where the certificates lie in a file of their own.
 *
 * @throws ConfigurationInvalidError that names the file, the path inside it, and what is allowed there.
 */
export async function readConfigurationFile(file: string): Promise<RotationSettings> {
  return at(file, async () => {
    const { rotationRules, ...rest } = membersOf(await readText(file));
    const configuration = await withCertificates(rest, path.dirname(file));
    return {
      ...(Object.keys(configuration).length === 0 ? {} : { configuration: parseConfiguration(configuration) }),
      ...(rotationRules === undefined
        ? {}
        : { rotationRules: await at('rotationRules', () => parseRotationRules(rotationRules)) }),
    };
  });
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (err) {
    const code = err instanceof Error && 'code' in err ? String(err.code) : 'unknown';
    throw new ConfigurationInvalidError(`The file cannot be read (${code}).`);
  }
}

const members = [...configurationMembers, 'rotationRules'];

/** JSON is YAML too. */
function membersOf(text: string): Members {
  const content = contentOf(text);
  if (!isMembers(content)) {
    throw new ConfigurationInvalidError(`The file must hold an object with ${members.join(', ')}.`);
  }
  const unknown = Object.keys(content).find((name) => !members.includes(name));
  if (unknown === undefined) return content;
  throw new ConfigurationInvalidError(`The file has ${members.join(', ')}, but no ${JSON.stringify(unknown)}.`);
}

function contentOf(text: string): unknown {
  const document = parseDocument(text);
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) throw unreadable(problem.message);
  try {
    return document.toJS();
  } catch (err) {
    throw unreadable(err instanceof Error ? err.message : 'it cannot be read');
  }
}

/** After its first line a message shows the text around the place. */
function unreadable(message: string): ConfigurationInvalidError {
  const [line = ''] = message.split('\n');
  return new ConfigurationInvalidError(`The file is not valid YAML or JSON: ${line.replace(/[:.]$/, '')}.`);
}

async function withCertificates({ tls, ...others }: Members, folder: string): Promise<Members> {
  if (!isMembers(tls) || !('caFile' in tls)) return tls === undefined ? others : { ...others, tls };
  const { caFile, ...rest } = tls;
  if (typeof caFile !== 'string') throw new ConfigurationInvalidError('tls.caFile must be the path of a PEM file.');
  if ('ca' in rest) throw new ConfigurationInvalidError('tls must have ca or caFile, not both.');
  const ca = await at('tls.caFile', () => readText(path.resolve(folder, caFile)));
  if (areCertificates(ca)) return { ...others, tls: { ...rest, ca } };
  throw new ConfigurationInvalidError('tls.caFile must be a file of one or more certificates as PEM.');
}

/** Says in an error which place of the file it is about. */
async function at<Answer>(place: string, act: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await act();
  } catch (err) {
    if (!(err instanceof ConfigurationInvalidError)) throw err;
    throw new ConfigurationInvalidError(`${place}: ${err.message}`);
  }
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
