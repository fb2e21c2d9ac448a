import { armedFor, dueAfterCurrent } from '../../support/armed-schedule';
import { type Course } from '../course';
import { type EndState, endStateOf, wantedEndState } from '../end-state';
import { look } from '../state-table/look';
import { type End, type Prepared, rotationRules } from './begun-rotation';
import { type Stage } from './stage';

/** What a rotation owes, whatever happens to its worker. */
export interface Facts extends EndState {
  readonly end: End['kind'];
  /** Versions that have a value and were not there before. */
  readonly newVersions: number;
  /** How often AWSCURRENT was moved. */
  readonly promotions: number;
  /** Whether the Schedule is set to the next rotation: counted from this one, or from the last that succeeded. */
  readonly isArmed: boolean;
}

/** All that is seen of a rotation that is over. */
export interface Seen extends Facts {
  readonly failure: string | undefined;
  /** How often the database was told a password for a user of the secret. */
  readonly passwordsSet: number;
  /** Each credential of the secret that signs in. */
  readonly accepted: readonly string[];
}

/** A rotation that is over. */
export interface Ended extends Prepared {
  readonly end: End;
  /** What the database has noted since it began, of all its users. */
  readonly noted: readonly string[];
}

/** What a secret has from the start: an older version and the current one. */
const versionsBefore = 2;

/** Looks at what a rotation did and left. */
export async function see({ ground, rotor }: Stage, { course, arranged, end, noted }: Ended): Promise<Seen> {
  const { secretId } = arranged.request;
  const username = arranged.credentials.get('current')?.username ?? '';
  const seen = await look(ground, arranged);
  const promotions = rotor.endpoint.controls.calls.list().filter(({ operation, request, error }) => {
    const isMove = operation === 'UpdateSecretVersionStage' && request.VersionStage === 'AWSCURRENT';
    return isMove && request.SecretId === secretId && error === undefined;
  });
  return {
    ...endStateOf(course, seen),
    end: end.kind,
    failure: end.failure,
    newVersions: (await ground.secrets.versionIds(secretId)).length - versionsBefore,
    promotions: promotions.length,
    isArmed: (await armedFor(rotor, secretId)) === (await dueAfter(rotor, { secretId, end })),
    passwordsSet: noted.filter((statement) => statement.includes(username)).length,
    accepted: seen.accepted,
  };
}

async function dueAfter(rotor: Stage['rotor'], of: { secretId: string; end: End }): Promise<string | undefined> {
  const { secretId: arn, end } = of;
  return end.kind === 'rotated' ? end.nextRotation : dueAfterCurrent(rotor, { arn, rules: rotationRules });
}

/** What a rotation owes. */
export function wanted(course: Course): Facts {
  const isPromoted = course.direction === 'forward';
  return {
    ...wantedEndState(course, isPromoted),
    end: isPromoted ? 'rotated' : 'failed',
    newVersions: 1,
    promotions: isPromoted ? 1 : 0,
    isArmed: true,
  };
}
