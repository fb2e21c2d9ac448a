import { describeSecretStoreContract } from '../contracts/secret-store';
import { FakeSecretStore } from '../support/fake-secret-store';

describeSecretStoreContract({
  name: 'FakeSecretStore',
  start: () => {
    const store = new FakeSecretStore();
    return Promise.resolve({
      store,
      createSecret: (secret) => Promise.resolve(store.createSecret(secret)),
      putByHand: (secret) => Promise.resolve(store.putByHand(secret)),
      createEmptyPending: (version) => {
        store.createEmptyPending(version);
        return Promise.resolve();
      },
      closeHalfway: (request) => {
        store.closeHalfway(request);
        return Promise.resolve();
      },
      deleteSecret: (secretId) => {
        store.setState(secretId, { deleted: true });
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    });
  },
});
