import { Argument, type Command } from 'commander';
import { decisionChoices, type DecisionChoice } from '../client';
import { print } from './print';
import { type CommandOptions } from './run-command';
import { withClient } from './with-client';

interface DecideOptions extends CommandOptions {
  readonly note?: string;
}

/** `rotor decide <secret> <choice>`: answers a rotation that waits for a decision. */
export function addDecide(program: Command): void {
  program
    .command('decide <secret>')
    .description('answer a rotation that waits for a decision; `rotor status` tells what each choice would do')
    .addArgument(new Argument('<choice>', 'what to do').choices(decisionChoices))
    .option('--note <text>', 'why, for whoever wonders')
    .option('--json', 'print the decision as JSON')
    .action(decide);
}

async function decide(secretId: string, choice: DecisionChoice, { note, json }: DecideOptions): Promise<void> {
  const decision = await withClient((client) =>
    client.decide({ secretId, choice, ...(note === undefined ? {} : { note }) }),
  );
  print(json ? [JSON.stringify(decision)] : [`decided for ${secretId}: ${choice}; see \`rotor status ${secretId}\``]);
}
