import { type Ground, type GroundPlan } from './ground';

/** A ground for the tests of the suite around: started before the first of them, stopped after the last. */
export function useGround(plan: GroundPlan): () => Ground {
  let ground: Ground | undefined;

  beforeAll(async () => {
    ground = await plan.start();
  });

  afterAll(() => ground?.stop());

  return () => {
    if (!ground) throw new Error(`${plan.name} runs only while the tests do.`);
    return ground;
  };
}
