import { Argument, InvalidArgumentError, type Command } from 'commander';
import { decisionChoices, type DecisionAccepted, type DecisionChoice } from '../client';
import { print } from './print';
import { type CommandOptions } from './run-command';
import { withClient } from './with-client';

interface DecideOptions extends CommandOptions {
  readonly note?: string;
  readonly by?: string;
  readonly question?: number;
}

/** `rotor decide <secret> <choice>`: answers a rotation that waits for a decision. */
export function addDecide(program: Command): void {
  program
    .command('decide <secret>')
    .description('answer a rotation that waits for a decision; `rotor status` tells what each choice would do')
    .addArgument(new Argument('<choice>', 'what to do').choices(decisionChoices))
    .option(
      '--question <n>',
      'the question that is meant, as `rotor status` numbers it; default: the open one',
      parseNumber,
    )
    .option('--note <text>', 'why, for whoever wonders')
    .option('--by <name>', 'who decides; default: user and machine')
    .option('--json', 'print the decision as JSON')
    .action(decide);
}

async function decide(secretId: string, choice: DecisionChoice, options: DecideOptions): Promise<void> {
  const { json, note, by, question } = options;
  const decision = await withClient((client) =>
    client.decide({
      secretId,
      choice,
      ...(note === undefined ? {} : { note }),
      ...(by === undefined ? {} : { by }),
      ...(question === undefined ? {} : { question }),
    }),
  );
  print(json ? [JSON.stringify(decision)] : [renderDecided(secretId, decision)]);
}

function renderDecided(secretId: string, { question, choice }: DecisionAccepted): string {
  return `decided for ${secretId}, question ${question}: ${choice}; see \`rotor status ${secretId}\``;
}

function parseNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Give the number of the question, such as 1.');
  return Number(text);
}
