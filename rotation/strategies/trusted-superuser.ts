import { SignInRefusedError, WrongTargetError } from '../errors';
import { type ConnectionSecret } from '../secret-value';
import { nobodySignsIn } from './refusals';
import { type StrategyInput } from './rotation-strategy';

/**
 * The superuser, once a credential of the secret has proved that whoever wrote the secret may use that user, and the
 * superuser's server is that user's. Else a forged secret could have the superuser change or hand out another user.
 *
 * Undefined where no superuser is named.
 *
 * @throws SignInRefusedError, WrongTargetError
 */
export async function trustedSuperuser(
  input: Pick<StrategyInput, 'engine' | 'superuser'>,
  provenBy: ConnectionSecret,
): Promise<ConnectionSecret | undefined> {
  const { engine, superuser } = input;
  const admin = await superuser();
  if (!admin) return undefined;
  const own = await inspect(input, { credential: provenBy, refused: nobodySignsIn(provenBy) });
  const admins = await inspect(input, { credential: admin, refused: superuserRefused(admin) });
  if (own.serverId === admins.serverId) return admin;
  throw new WrongTargetError(
    `The superuser's secret names another ${engine.name} server (${admin.host}) than the secret (${provenBy.host}). ` +
      'Nothing was changed. Correct the host in one of them.',
    { host: admin.host },
  );
}

async function inspect(
  { engine }: Pick<StrategyInput, 'engine'>,
  { credential, refused }: { credential: ConnectionSecret; refused: SignInRefusedError },
): ReturnType<StrategyInput['engine']['inspect']> {
  try {
    return await engine.inspect(credential);
  } catch (err) {
    throw err instanceof SignInRefusedError ? refused : err;
  }
}

function superuserRefused({ host, username }: ConnectionSecret): SignInRefusedError {
  return new SignInRefusedError(
    `The server at ${host} refuses the superuser "${username}". Store its real password in the superuser's secret, and ` +
      'rotate again.',
    { host, username },
  );
}
