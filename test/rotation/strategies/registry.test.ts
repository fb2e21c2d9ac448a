import { ConfigurationInvalidError } from '../../../rotation/errors';
import { strategyFor } from '../../../rotation/strategies/registry';
import { type StrategyName } from '../../../rotation/strategies/rotation-strategy';
import { connectionSecret } from '../../support/secret-text';

const plain = connectionSecret();
const withSuperuser = connectionSecret({ masterarn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:admin' });

it.each(['single-user', 'alternating-users', 'multiple-credentials'] as const)(
  'has %s under its own name',
  (strategy) => {
    expect(strategyFor({ strategy }, plain).name).toBe(strategy);
    expect(strategyFor({ strategy }, withSuperuser).name).toBe(strategy);
  },
);

it('takes single-user where nothing is said, and alternating-users where the secret names a superuser', () => {
  expect(strategyFor({}, plain).name).toBe('single-user');
  expect(strategyFor({}, withSuperuser).name).toBe('alternating-users');
});

it('takes single-user where the configuration names a superuser and the secret does not', () => {
  expect(strategyFor({ superuserSecretId: 'admin' }, plain).name).toBe('single-user');
});

it.each(['multi-user', '', 'toString', '__proto__', 'Single-User'])('refuses %j and names what there is', (name) => {
  expect(() => strategyFor({ strategy: name as StrategyName }, plain)).toThrow(ConfigurationInvalidError);
  expect(() => strategyFor({ strategy: name as StrategyName }, plain)).toThrow('single-user');
});
