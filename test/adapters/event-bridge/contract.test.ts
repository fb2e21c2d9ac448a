import { createEventBridgeClient, EventBridgeEvents } from '../../../adapters/event-bridge';
import { describeRotationEventsContract, rawText } from '../../contracts/rotation-events';
import { HttpReceiver } from '../../support/http-receiver';
import { entryOf, failedEntry, putEventsAnswer } from './put-events';

describeRotationEventsContract({
  name: 'EventBridge',
  start: async () => {
    const receiver = await HttpReceiver.start();
    const client = createEventBridgeClient({
      endpoint: receiver.url,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
      requestHandler: { requestTimeout: 300, throwOnRequestTimeout: true },
    });
    return {
      receiver,
      eventsFor: (signal) => new EventBridgeEvents({ client, bus: 'rotations', signal }),
      toldBy: (body) => JSON.parse(String(entryOf(body).Detail)) as unknown,
      taken: putEventsAnswer({ EventId: 'e-1' }),
      notNow: failedEntry('InternalFailure', rawText),
      refused: failedEntry('MalformedDetail', rawText),
      close: async () => {
        client.destroy();
        await receiver.close();
      },
    };
  },
});
