import { isDeepStrictEqual } from 'node:util';
import { type Results } from './results';

/**
 * Earlier results with those of the sections that came to their end since in their place.
 *
 * @throws Error for some sections only, measured on another machine than the rest.
 */
export function mergeResults(before: Results | undefined, measured: Results): Results {
  const fresh = measured.sections.filter(({ failure }) => failure === undefined);
  const kept = before?.sections.filter(({ name }) => !fresh.some((section) => section.name === name)) ?? [];
  if (before === undefined || kept.length === 0) return { ...measured, sections: fresh };
  if (!isDeepStrictEqual(before.machine, measured.machine)) {
    throw new Error(
      `The numbers of ${kept.map(({ name }) => name).join(', ')} are of another machine. Run all sections.`,
    );
  }
  const versions = { ...before.versions, ...measured.versions };
  return { ...measured, versions, quick: before.quick || measured.quick, sections: [...kept, ...fresh] };
}
