/**
 * The search attribute by which a secret's Schedule tells when the secret was last rotated, however that was asked for. A
 * worker registers it at its start where it may; without it nothing is told. Name and type are a contract.
 */
export const lastRotationAttribute = { name: 'RotorLastRotation', type: 'DATETIME' } as const;
