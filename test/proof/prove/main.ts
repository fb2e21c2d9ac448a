import { randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Proof, proofs } from './proofs';
import { type ProofResult, runProof } from './run-proof';
import { summaryOf } from './summary';

/** Runs the proofs that are named on the command line, or all, and tells what came of them on the screen and in a file. */
async function prove(root: string, names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !proofs.some((proof) => proof.name === name));
  if (unknown.length > 0) {
    console.error(
      `There is no proof "${unknown.join('", "')}". There are: ${proofs.map(({ name }) => name).join(', ')}.`,
    );
    return 2;
  }
  const chosen = proofs.filter(({ name }) => names.length === 0 || names.includes(name));
  const startedAt = new Date();
  const seed = process.env.ROTOR_SEED ?? String(randomInt(2 ** 31)); // by which a run can be repeated
  console.log(`ROTOR_SEED=${seed}`);
  const results = await runAll(root, { chosen, seed });

  const folder = path.join(root, 'test/proof/results');
  const file = path.join(folder, `${startedAt.toISOString().replaceAll(':', '-')}.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify({ startedAt, node: process.version, seed, results }, undefined, 2)}\n`);
  console.log(`\n${summaryOf(results)}\n\n${path.relative(root, file)}`);
  return results.every(({ holds }) => holds === 'yes') ? 0 : 1;
}

async function runAll(
  root: string,
  { chosen, seed }: { chosen: readonly Proof[]; seed: string },
): Promise<ProofResult[]> {
  const results: ProofResult[] = [];
  for (const [at, proof] of chosen.entries()) {
    console.log(`\n${at + 1} of ${chosen.length}: ${proof.name}: ${proof.claim}`);
    results.push(await runProof(root, { ...proof, env: { ...proof.env, ROTOR_SEED: seed } }));
  }
  return results;
}

prove(process.cwd(), process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (err: unknown) => {
    console.error(err);
    process.exitCode = 1;
  },
);
