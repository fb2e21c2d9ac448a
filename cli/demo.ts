import path from 'node:path';
import { type Command } from 'commander';
import { type DemoEvidence } from '../local/demo';
import { rotorHome } from './environment';
import { print } from './print';
import { renderLabels, renderProgress } from './render-rotation';
import { CommandFailedError, type CommandOptions } from './run-command';

/** `rotor demo`: everything on this machine, one rotation under load, and the evidence. */
export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('start everything on this machine, rotate a real password under load, show the evidence')
    .option('--json', 'print the evidence as JSON')
    .action(demo);
}

async function demo({ json }: CommandOptions): Promise<void> {
  const { runDemo } = await import('../local/demo/index.js');
  const say = (line: string | undefined): void => {
    if (line !== undefined && !json) print([line]);
  };
  const evidence = await runDemo({
    home: path.join(rotorHome(), 'demo'),
    env: process.env,
    onProgress: say,
    onRotation: (progress) => {
      say(renderProgress(progress));
    },
  });
  print(json ? [JSON.stringify(evidence)] : renderEvidence(evidence));
  if (!evidence.proved)
    throw new CommandFailedError('demo/app: the evidence is not what a rotation must leave. See above.');
}

function renderEvidence(evidence: DemoEvidence): string[] {
  const { before, after, oldPassword, newPassword, consumer, nextRotation = 'none' } = evidence;
  return [
    '',
    'labels before',
    ...renderLabels(before).map((line) => `  ${line}`),
    'labels after',
    ...renderLabels(after).map((line) => `  ${line}`),
    `old password: ${oldPassword}`,
    `new password: ${newPassword}`,
    `consumer during the rotation: ${consumer.failed} failed, ${consumer.succeeded} successful queries`,
    `next scheduled rotation: ${nextRotation}`,
  ];
}
