import { type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { createEventBridgeClient, EventBridgeEvents } from '../../../adapters/event-bridge';
import { EventRefusedError, EventUndeliveredError } from '../../../rotation/errors';
import { type RotationEvent } from '../../../rotation/rotation-event';
import { HttpReceiver } from '../../support/http-receiver';
import { rotationEvent } from '../../support/rotation-event';
import { entryOf, failedCall, failedEntry, putEventsAnswer } from './put-events';

let receiver: HttpReceiver;
let client: EventBridgeClient;
const environment = { ...process.env };

beforeEach(async () => {
  receiver = await HttpReceiver.start();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_EVENTBRIDGE: receiver.url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'secret',
  });
  client = createEventBridgeClient();
});

afterEach(async () => {
  process.env = { ...environment };
  client.destroy();
  await receiver.close();
});

function publish(event: RotationEvent): Promise<void> {
  return new EventBridgeEvents({ client, bus: 'rotations', signal: new AbortController().signal }).publish(event);
}

test("an event is put on the bus as a rule sees it, at the endpoint of the SDK's own environment", async () => {
  receiver.answer = () => putEventsAnswer({ EventId: 'e-1' });
  const event = rotationEvent({ name: 'RotationSucceeded', outcome: 'rotated' });

  await publish(event);

  const [post] = receiver.posts;
  const { Detail: detail, Time: time, ...entry } = entryOf(post?.body ?? '');
  expect(post?.headers['x-amz-target']).toBe('AWSEvents.PutEvents');
  expect(entry).toEqual({
    EventBusName: 'rotations',
    Source: 'rotor',
    DetailType: 'RotationSucceeded',
    Resources: [event.secretId],
  });
  expect(JSON.parse(String(detail))).toEqual(event);
  expect(Number(time) * 1_000).toBe(Date.parse(event.occurredAt));
});

test('a secret that was asked for by its name, and not found, is no resource', async () => {
  receiver.answer = () => putEventsAnswer({ EventId: 'e-1' });

  await publish(rotationEvent({ secretId: 'prod/app' }));

  expect(entryOf(receiver.posts[0]?.body ?? '').Resources).toEqual([]);
});

const message = 'text of the service';

test.each([
  ['an entry that failed inside', failedEntry('InternalFailure', message), EventUndeliveredError],
  ['an entry that was throttled', failedEntry('ThrottlingException', message), EventUndeliveredError],
  ['an entry that failed in a way nobody knows yet', failedEntry('NewException', message), EventUndeliveredError],
  ['an entry that may not be put', failedEntry('AccessDeniedException', message), EventUndeliveredError],
  ['an entry that may not be ours', failedEntry('NotAuthorizedForSourceException', message), EventUndeliveredError],
  ['an entry whose detail cannot be read', failedEntry('MalformedDetail', message), EventRefusedError],
  ['a call that is throttled', failedCall(400, { type: 'ThrottlingException', message }), EventUndeliveredError],
  ['a call that failed inside', failedCall(500, { type: 'InternalException', message }), EventUndeliveredError],
  ['credentials that expired', failedCall(400, { type: 'ExpiredTokenException', message }), EventUndeliveredError],
  ['a bus that is not there', failedCall(400, { type: 'ResourceNotFoundException', message }), EventUndeliveredError],
  ['a call that may not be made', failedCall(400, { type: 'AccessDeniedException', message }), EventUndeliveredError],
  ['an event that is too large', failedCall(400, { type: 'ValidationException', message }), EventRefusedError],
  ['a page of some proxy', { status: 502, body: '<html>' }, EventUndeliveredError],
  ['a success that does not say so', { status: 200, body: '{}' }, EventUndeliveredError],
] as const)('%s', async (_name, answer, expected) => {
  receiver.answer = () => answer;

  const failure: unknown = await publish(rotationEvent()).catch((err: unknown) => err);

  expect(failure).toBeInstanceOf(expected);
  expect(String(failure)).not.toContain(message);
  expect(receiver.posts).toHaveLength(1);
});
