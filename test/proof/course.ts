import { type StrategyName, strategyNames } from '../../rotation/strategies/rotation-strategy';
import { type Ground, type GroundPlan } from './ground/ground';
import { arrange, type Arranged, type Scene } from './state-table/arrange';

/** Whether a rotation succeeds but for what is done to it, or its test fails for good, so that it is undone. */
export const directions = ['forward', 'back'] as const;

/** A rotation before anything happens to it. */
export interface Course extends Pick<Scene, 'isBySuperuser' | 'isFirst'> {
  readonly strategy: StrategyName;
  readonly direction: (typeof directions)[number];
}

const ways = [
  { title: 'single-user', strategy: 'single-user' },
  { title: 'single-user by a superuser', strategy: 'single-user', isBySuperuser: true },
  { title: 'alternating-users', strategy: 'alternating-users' },
  { title: 'alternating-users for the first time', strategy: 'alternating-users', isFirst: true },
  { title: 'multiple-credentials', strategy: 'multiple-credentials' },
  { title: 'multiple-credentials by a superuser', strategy: 'multiple-credentials', isBySuperuser: true },
] as const;

/** Every way to rotate that makes other calls than the others. */
export type Way = (typeof ways)[number];

/** Those that are possible on a server. */
export function waysOn(plan: Pick<GroundPlan, 'hasSecondPasswords'>): Way[] {
  return ways.filter(({ strategy }) => strategiesOn(plan).includes(strategy));
}

/** The strategies that are possible on a server. */
export function strategiesOn({ hasSecondPasswords }: Pick<GroundPlan, 'hasSecondPasswords'>): StrategyName[] {
  return strategyNames.filter((name) => name !== 'multiple-credentials' || hasSecondPasswords);
}

/** A secret and its database user before the rotation. */
export function arrangeFor(
  ground: Ground,
  { strategy, isBySuperuser = strategy === 'alternating-users', isFirst = false }: Course,
): Promise<Arranged> {
  return arrange(ground, {
    ...{ strategy, isBySuperuser, isFirst, passwords: ground.database.hasSecondPasswords ? 'two' : 'one' },
    ...{ step: 'createSecret', labels: 'no pending', database: 'current' },
  });
}
