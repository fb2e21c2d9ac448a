import { ConfigurationInvalidError } from '../../../rotation/errors';
import { strategyFor } from '../../../rotation/strategies/registry';
import { type StrategyName } from '../../../rotation/strategies/rotation-strategy';

it('has each strategy under its own name', () => {
  expect(strategyFor({ strategy: 'single-user' }).name).toBe('single-user');
});

it('takes single-user where nothing is said', () => {
  expect(strategyFor({}).name).toBe('single-user');
});

it.each(['multi-user', '', 'toString', '__proto__', 'Single-User'])('refuses %j and names what there is', (name) => {
  expect(() => strategyFor({ strategy: name as StrategyName })).toThrow(ConfigurationInvalidError);
  expect(() => strategyFor({ strategy: name as StrategyName })).toThrow('single-user');
});
