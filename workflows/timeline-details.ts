import { type DecisionRecord, type OpenQuestion } from './decision';
import { decisionText } from './decision-text';
import { waiting, type RotationStatus, type StepRecord } from './rotation-status';

const headlines = {
  rotating: 'under way',
  undoing: 'being undone',
  rotated: 'done: AWSCURRENT is the new version',
  undone: 'not done: password and labels are as they were',
  abandoned: 'abandoned: it was neither finished nor undone by force',
  tested: 'tested: the current credential works',
  reconciled: 'not needed: the database accepts AWSCURRENT again',
  discarded: 'discarded: AWSPENDING is taken off what was left over',
  [waiting]: 'waiting for a decision',
} as const;

const askers = { schedule: 'the Schedule', request: 'a client', signal: 'a signal' } as const;

const words = { done: 'done', alreadyDone: 'nothing to do', failed: '**failed**' } as const;

/** What an operator reads in Temporal's web UI: markdown with ids and times, and never a value. */
export function timelineDetails(status: RotationStatus, reason?: string): string {
  const { state, secretId, clientRequestToken, trigger, steps, question, decisions } = status;
  return [
    `**Rotation ${headlines[state]}**`,
    ...(reason === undefined ? [] : ['', reason]),
    ...(question ? asked(question) : []),
    '',
    `- secret \`${secretId}\``,
    `- version \`${clientRequestToken}\` (ClientRequestToken)`,
    `- asked for by ${askers[trigger]}`,
    ...decisions.map(decided),
    '',
    '| step | began | took | attempts | |',
    '| --- | --- | --- | --- | --- |',
    ...steps.map(row),
  ].join('\n');
}

function asked({ reason, truth, choices, since, askedAgainAt = since }: OpenQuestion): string[] {
  const offered = Object.entries(choices).map(([choice, does]) => `- \`${choice}\`: ${does}`);
  return [
    '',
    `${reason.type}: ${reason.message}`,
    '',
    `As of ${askedAgainAt}:`,
    '',
    ...truth.map((line) => `- ${line}`),
    '',
    'Decide:',
    '',
    ...offered,
  ];
}

function decided(decision: DecisionRecord): string {
  return `- question ${decision.question} decided: ${decisionText(decision)}`;
}

function row({ step, startedAt, endedAt, attempts, outcome }: StepRecord): string {
  const took = endedAt === undefined ? '' : `${Date.parse(endedAt) - Date.parse(startedAt)} ms`;
  return `| ${step} | ${startedAt} | ${took} | ${attempts ?? ''} | ${outcome ? words[outcome] : 'running'} |`;
}
