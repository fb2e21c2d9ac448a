import { WebhookEvents } from '../../../adapters/webhook';
import { Sensitive } from '../../../rotation/sensitive';
import { describeRotationEventsContract, rawText } from '../../contracts/rotation-events';
import { HttpReceiver } from '../../support/http-receiver';

describeRotationEventsContract({
  name: 'a webhook',
  start: async () => {
    const receiver = await HttpReceiver.start();
    const keys = [new Sensitive('k'.repeat(32))];
    const url = new URL(receiver.url);
    return {
      receiver,
      eventsFor: (signal) => new WebhookEvents({ url, keys, signal, limitMs: 300 }),
      toldBy: (body) => JSON.parse(body) as unknown,
      taken: { status: 200, body: rawText },
      notNow: { status: 503, body: rawText },
      refused: { status: 400, body: rawText },
      close: () => receiver.close(),
    };
  },
});
