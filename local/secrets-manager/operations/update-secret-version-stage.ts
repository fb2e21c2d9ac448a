import { findLiveSecret } from '../service/find-secret';
import { shared } from '../service/members';
import { operation } from '../service/operation';
import { type Secret } from '../service/secret';
import { identity } from '../service/secret-description';
import { invalidParameter, invalidRequest, notFound } from '../service/service-error';
import { CURRENT, detachLabel, type Labels, moveLabel } from '../service/staging-labels';
import { checkLabelLimit } from '../service/store-value';

interface Move {
  readonly label: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Moves, attaches or detaches one label; RemoveFromVersionId makes it a compare-and-set. */
export const updateSecretVersionStage = operation({
  name: 'UpdateSecretVersionStage',
  members: {
    SecretId: shared.secretId,
    VersionStage: { ...shared.stage, required: true },
    RemoveFromVersionId: shared.versionId,
    MoveToVersionId: shared.versionId,
  },
  rule(call, { SecretId, VersionStage: label, RemoveFromVersionId: from, MoveToVersionId: to }) {
    const secret = findLiveSecret(call, SecretId);
    checkMove(secret, { label, from, to });
    const labels = to === undefined ? detachLabel(secret.labels, label) : attach(secret, { label, to });
    if (labels === secret.labels) return { response: identity(secret) };
    return { response: identity(secret), changed: [{ ...secret, labels, changedAt: call.now }] };
  },
});

function checkMove(secret: Secret, { label, from, to }: Move): void {
  if (from === undefined && to === undefined) {
    throw invalidParameter('You must provide MoveToVersionId, RemoveFromVersionId, or both.');
  }
  for (const id of [from, to]) {
    if (id !== undefined && !secret.versions.has(id)) {
      throw notFound(`Secrets Manager can't find the specified secret value for VersionId: ${id}`);
    }
  }
  checkHolder(secret.labels.get(label), { label, from, to });
  if (label !== CURRENT) return;
  if (to === undefined) {
    throw invalidParameter(
      'You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.',
    );
  }
  if (secret.versions.get(to)?.value === undefined) {
    throw invalidRequest(`You can't move staging label AWSCURRENT to version ${to} because it has no value.`);
  }
}

function checkHolder(holder: string | undefined, { label, from, to }: Move): void {
  if (from !== undefined && from !== holder) {
    throw invalidParameter(
      `When you move staging label ${label}, if you specify RemoveFromVersionId, it must be set to the version that currently has the staging label ${label}.`,
    );
  }
  if (from === undefined && holder !== undefined && holder !== to) {
    throw invalidParameter(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }
}

function attach({ labels }: Secret, { label, to }: { label: string; to: string }): Labels {
  return labels.get(label) === to ? labels : checkLabelLimit(moveLabel(labels, { label, versionId: to }));
}
