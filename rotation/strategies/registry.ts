import { ConfigurationInvalidError } from '../errors';
import { type RotationConfiguration } from '../rotation-request';
import { type RotationStrategy, type StrategyName } from './rotation-strategy';
import { singleUser } from './single-user';

const strategies: Readonly<Record<StrategyName, RotationStrategy>> = Object.freeze({ 'single-user': singleUser });

/**
 * The strategy that a configuration asks for, or `single-user` where it does not say.
 *
 * @throws ConfigurationInvalidError for a name that is no strategy of Rotor's.
 */
export function strategyFor({ strategy = 'single-user' }: RotationConfiguration): RotationStrategy {
  if (Object.hasOwn(strategies, strategy)) return strategies[strategy];
  const known = Object.keys(strategies).join(', ');
  throw new ConfigurationInvalidError(`"${strategy}" is not a rotation strategy. Use one of: ${known}.`);
}
