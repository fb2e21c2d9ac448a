import { ConfigurationInvalidError } from '../errors';
import { type RotationConfiguration } from '../rotation-request';
import { type ConnectionSecret } from '../secret-value';
import { alternatingUsers } from './alternating-users';
import { multipleCredentials } from './multiple-credentials';
import { type RotationStrategy, type StrategyName } from './rotation-strategy';
import { singleUser } from './single-user';

const strategies: Readonly<Record<StrategyName, RotationStrategy>> = Object.freeze({
  'single-user': singleUser,
  'alternating-users': alternatingUsers,
  'multiple-credentials': multipleCredentials,
});

/**
 * The strategy that a configuration asks for; where it does not say, alternating-users for a secret that names a
 * superuser's, and single-user for any other.
 *
 * @throws ConfigurationInvalidError for a name that is no strategy of Rotor's.
 */
export function strategyFor(configuration: RotationConfiguration, current: ConnectionSecret): RotationStrategy {
  const { strategy = current.masterarn === undefined ? 'single-user' : 'alternating-users' } = configuration;
  if (Object.hasOwn(strategies, strategy)) return strategies[strategy];
  const known = Object.keys(strategies).join(', ');
  throw new ConfigurationInvalidError(`"${strategy}" is not a rotation strategy. Use one of: ${known}.`);
}
