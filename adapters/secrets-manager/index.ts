export { createSecretsManagerClient } from './create-secrets-manager-client';
export { SecretsManagerStore, type SecretsManagerStoreOptions } from './secrets-manager-store';
