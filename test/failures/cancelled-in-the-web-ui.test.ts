import { atOnce } from '../support/at-once';
import { type HoldPoint } from '../support/hold';
import { Interference } from '../support/interference';
import { RotorUnderTest } from '../support/rotor-under-test';
import { chromiumHere } from '../support/servers/chromium-program';
import { describeWith } from '../support/servers/describe-on';
import { WebUi } from '../support/web-ui';
import { afterThePivot, beforeThePivot, cancelAndJudge } from './cancelling';

/** A page is work for a small machine, and a held step lives for half a minute. */
const atATime = 2;

describeWith("Temporal's web UI in a browser", { provision: chromiumHere }, (chromium) => {
  const interference = new Interference();
  let rotor: RotorUnderTest;
  let webUi: WebUi;
  let end: (one: HoldPoint) => Promise<void>;

  beforeAll(async () => {
    rotor = await RotorUnderTest.start();
    await rotor.startWorker({ wrap: (activities) => interference.wrap(activities) });
    webUi = await WebUi.open(chromium, rotor.servers.temporal);
    const cancel = (arn: string): Promise<void> => webUi.cancel(arn);
    const work = (point: HoldPoint): Promise<void> =>
      cancelAndJudge({ rotor, interference }, { ...point, strategy: 'single-user', cancel });
    end = atOnce([...beforeThePivot, ...afterThePivot], { limit: atATime, work });
  });

  afterAll(async () => {
    await webUi.close();
    await rotor.close();
  });

  test.each(beforeThePivot)('cancelled $moment $step by a click: undone', (point) => end(point));

  test.each(afterThePivot)('cancelled $moment $step by a click: past the pivot, and finished', (point) => end(point));
});
