import { EventRefusedError, EventUndeliveredError } from '../../rotation/errors';
import { type RotationEvents } from '../../rotation/rotation-events';
import { type HttpReceiver, type ReceiverAnswer } from '../support/http-receiver';
import { rotationEvent } from '../support/rotation-event';

/** What tells events to a receiver, and how that receiver answers in its protocol. */
export interface RotationEventsUnderTest {
  readonly receiver: HttpReceiver;
  /** What is tested, for one attempt; gives up an answer after some tenths of a second. */
  eventsFor(signal: AbortSignal): RotationEvents;
  /** The event that a post told. */
  toldBy(body: string): unknown;
  readonly taken: ReceiverAnswer;
  readonly notNow: ReceiverAnswer;
  readonly refused: ReceiverAnswer;
  close(): Promise<void>;
}

/** What no message of ours may repeat. */
export const rawText = 'raw text of the receiver, canary-7d20';

/** What everything must do that tells events to others: run on each adapter. */
export function describeRotationEventsContract(subject: {
  name: string;
  start: () => Promise<RotationEventsUnderTest>;
}): void {
  describe(`${subject.name} as a receiver of events`, () => {
    let world: RotationEventsUnderTest;

    beforeEach(async () => {
      world = await subject.start();
    });

    afterEach(() => world.close());

    const publish = (event = rotationEvent(), signal = new AbortController().signal): Promise<void> =>
      world.eventsFor(signal).publish(event);

    test('gets the whole event, and is believed that it took it', async () => {
      world.receiver.answer = () => world.taken;
      const event = rotationEvent({ name: 'RotationFailed', reason: { type: 'SignInRefused', message: 'ü "x"' } });

      await publish(event);

      expect(world.receiver.posts.map(({ body }) => world.toldBy(body))).toEqual([event]);
    });

    test('gets the same event as often as it is told', async () => {
      world.receiver.answer = () => world.taken;
      const event = rotationEvent();

      await publish(event);
      await publish(event);

      expect(world.receiver.posts.map(({ body }) => world.toldBy(body))).toEqual([event, event]);
    });

    test.each<ReceiverAnswer>(['silence', 'close', 'noise'])('may be tried again after %p', async (answer) => {
      world.receiver.answer = () => answer;

      await expect(publish()).rejects.toBeInstanceOf(EventUndeliveredError);
    });

    test('may be tried again where it is not there', async () => {
      await world.receiver.close();

      await expect(publish()).rejects.toBeInstanceOf(EventUndeliveredError);
    });

    test('may be tried again where it asks for that, and nothing of its text is repeated', async () => {
      world.receiver.answer = () => world.notNow;

      const failure: unknown = await publish().catch((err: unknown) => err);

      expect(failure).toBeInstanceOf(EventUndeliveredError);
      expect(JSON.stringify(failure) + String(failure)).not.toContain('canary');
    });

    test('is not asked again what it refuses for good, and nothing of its text is repeated', async () => {
      world.receiver.answer = () => world.refused;

      const failure: unknown = await publish().catch((err: unknown) => err);

      expect(failure).toBeInstanceOf(EventRefusedError);
      expect(JSON.stringify(failure) + String(failure)).not.toContain('canary');
    });

    test('is let go of at once when the attempt is cancelled', async () => {
      world.receiver.answer = () => 'silence';
      const attempt = new AbortController();

      const ended = publish(rotationEvent(), attempt.signal);
      await world.receiver.untilReceived(1);
      attempt.abort(new Error('cancelled'));

      await expect(ended).rejects.toThrow('cancelled');
    });
  });
}
