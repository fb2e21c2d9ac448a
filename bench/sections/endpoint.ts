import { benchSecretsManager } from '../secrets-manager';
import { type Section } from '../section';

/** The local Secrets Manager by itself. */
export const endpointSection: Section = {
  name: 'endpoint',
  title: 'The local Secrets Manager endpoint by itself',
  run: async ({ quick, onProgress, repeat }) =>
    repeat(async () => {
      const size = quick ? { secrets: 200, seconds: 1 } : {};
      const figures = await benchSecretsManager({ onProgress, ...size });
      return figures.map(({ figure, ...measured }) => ({ of: { figure }, figures: { measured } }));
    }, 1),
};
