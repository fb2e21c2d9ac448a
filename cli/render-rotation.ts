import {
  decisionText,
  type OpenQuestion,
  type RotationDescription,
  type RotationOutcome,
  type RotationProgress,
} from '../client';

type StepRecord = Extract<RotationProgress, { kind: 'step' }>['record'];
type RetriedStep = Extract<RotationProgress, { kind: 'retrying' }>['retry'];
type Leftover = NonNullable<RotationDescription['leftover']>;
type RotationPlan = NonNullable<NonNullable<RotationDescription['schedule']>['plan']>;

/** One line for something that happened in a rotation; undefined for what is not worth one. */
export function renderProgress(progress: RotationProgress): string | undefined {
  if (progress.kind === 'step') return renderStep(progress.record);
  return progress.kind === 'retrying' ? renderRetry(progress.retry) : undefined;
}

/** What a rotation that stands still asks, and what may be answered. */
function renderQuestion(name: string, open: OpenQuestion): string[] {
  const { question, reason, truth, choices, since, askedAgainAt = since } = open;
  const offered = Object.entries(choices).map(([choice, does]) => `    ${choice.padEnd(9)} ${does}`);
  return [
    `  waiting for a decision: ${reason.message}`,
    `  as of ${askedAgainAt}; ask again with \`rotor status ${name} --ask\`:`,
    ...truth.map((line) => `    ${line}`),
    `  question ${question}; decide with \`rotor decide ${name} <choice> --question ${question}\`:`,
    ...offered,
  ];
}

function renderStep(record: StepRecord): string | undefined {
  if (record.endedAt === undefined) return undefined;
  const took = Date.parse(record.endedAt) - Date.parse(record.startedAt);
  const attempts = (record.attempts ?? 1) > 1 ? `, attempt ${record.attempts ?? 1}` : '';
  return `  ${record.step.padEnd(16)} ${`${took} ms`.padStart(8)}  ${words[record.outcome ?? 'done']}${attempts}`;
}

const words = { done: 'done', alreadyDone: 'nothing to do', failed: 'failed' } as const;

function renderRetry({ step, attempt, type }: RetriedStep): string {
  return `  ${step.padEnd(16)} attempt ${attempt - 1} failed (${type}), trying again`;
}

/** The labels of a secret, a version a line. */
export function renderLabels(labels: RotationDescription['labels']): string[] {
  return Object.entries(labels).map(([versionId, names]) => `${versionId}  ${names.join(', ')}`);
}

/** What a rotation that succeeded left. */
export function renderOutcome(name: string, rotation: RotationOutcome): string[] {
  const { outcome, clientRequestToken, nextRotation } = rotation;
  if (outcome === 'tested') return [`${name} is not rotated; its current credential signs in and was checked`];
  if (outcome === 'reconciled') return [`the database accepts AWSCURRENT of ${name}`];
  if (outcome === 'discarded') return [`AWSPENDING is taken off version ${clientRequestToken} of ${name}`];
  const next = nextRotation === undefined ? 'no schedule' : `next rotation ${nextRotation}`;
  return [`${name} is rotated: AWSCURRENT is version ${clientRequestToken}; ${next}`];
}

/** Where a secret's rotation stands. */
export function renderDescription(description: RotationDescription): string[] {
  const { name, arn, labels, unread, lastRotation, rotation, schedule, leftover } = description;
  return [
    `${name}  ${arn}`,
    unread ? `labels  not known: ${whyUnread(unread)}` : 'labels',
    ...renderLabels(labels).map((line) => `  ${line}`),
    ...(lastRotation === undefined ? [] : [`last rotation  ${lastRotation}`]),
    ...renderRotation(unread ? arn : name, rotation),
    ...renderSchedule(schedule),
    ...(leftover ? [renderLeftover(name, leftover)] : []),
  ];
}

function whyUnread({ type, message }: NonNullable<RotationDescription['unread']>): string {
  if (type !== 'SecretNotFound') return message;
  return 'Secrets Manager has no such secret; it was deleted, unless account or Region is another';
}

function renderLeftover(name: string, { versionId, since }: Leftover): string {
  const sinceWhen = since === undefined ? '' : ` since ${since}`;
  return (
    `left over  version ${versionId} holds AWSPENDING, no rotation is open on it${sinceWhen}, and it bars the next one: ` +
    `\`rotor resume ${name} --pending\` goes on with it, \`rotor discard ${name}\` takes the label off`
  );
}

function renderRotation(name: string, rotation: RotationDescription['rotation']): string[] {
  if (!rotation) return ['rotation  none that Temporal remembers'];
  const { workflowStatus, startedAt, status, retrying } = rotation;
  const state = status ? `${status.state}, token ${status.clientRequestToken}` : 'no worker answers';
  const steps = (status?.steps ?? []).map((record) => renderStep(record) ?? `  ${record.step.padEnd(16)}  running`);
  const trouble = retrying
    ? [`  last error of ${retrying.step}, now at attempt ${retrying.attempt}: ${retrying.message}`]
    : [];
  const decided = (status?.decisions ?? []).map((made) => `  question ${made.question} decided: ${decisionText(made)}`);
  const question = status?.question ? renderQuestion(name, status.question) : [];
  return [
    `rotation  ${workflowStatus.toLowerCase()} (${state}), started ${startedAt}`,
    ...steps,
    ...trouble,
    ...decided,
    ...question,
  ];
}

function renderSchedule(schedule: RotationDescription['schedule']): string[] {
  if (!schedule) return ['schedule  none'];
  const { plan, nextRotation = 'unknown', paused, note } = schedule;
  const every = plan ? `${renderRules(plan.rotationRules)}, ` : '';
  const pause = paused ? `, paused${note === undefined ? '' : ` (${note})`}` : '';
  return [`schedule  ${every}next rotation ${nextRotation}${pause}`];
}

function renderRules(rules: RotationPlan['rotationRules']): string {
  return rules.scheduleExpression ?? `every ${rules.automaticallyAfterDays} days`;
}
