import { type Activities } from '../../activities';
import {
  accountElsewhere,
  all,
  alternateMade,
  byTlsOnly,
  crowdedOut,
  expired,
  guessed,
  locked,
  older,
  passwordSet,
  revoked,
  secondPassword,
  theAlternate,
  theSuperuser,
  theUser,
  type Whom,
} from './sql-happenings';
import { type Happening, type SqlCause, type Way } from './sql-scene';

type Fate = Omit<SqlCause, keyof Way | 'step'>;
/** A kind of server. */
export type Engine = 'mysql' | 'mariadb';

const single: Way = { strategy: 'single-user', by: 'the superuser' };
const alone: Way = { strategy: 'single-user', by: 'itself' };
const alternating: Way = { strategy: 'alternating-users', by: 'the superuser' };
const multiple: Way = { strategy: 'multiple-credentials', by: 'the superuser' };
/** All of them. */
export const ways: readonly Way[] = [single, alone, alternating, multiple];
const superuserWays = [single, alternating, multiple];

/** Every fate with every way at every step. */
function each(
  { fates, steps }: { fates: readonly Fate[]; steps: readonly (keyof Activities)[] },
  among: readonly Way[] = ways,
): SqlCause[] {
  return fates.flatMap((fate) => steps.flatMap((step) => among.map((way) => ({ ...fate, ...way, step }))));
}

/** What bars a user from signing in. */
const bars: readonly { what: string; type: string; bar: (whom: Whom) => Happening; on?: Engine }[] = [
  { what: 'is locked', type: 'AccountBlocked', bar: locked },
  { what: 'has a password that expires', type: 'AccountBlocked', bar: expired },
  { what: 'is blocked after too many wrong passwords', type: 'AccountBlocked', bar: guessed, on: 'mysql' },
  { what: 'has its password changed by hand', type: 'SignInRefused', bar: (whom) => passwordSet(whom) },
  { what: 'is admitted by TLS only', type: 'SignInRefused', bar: byTlsOnly },
];

const whoms = { 'the user': theUser, 'the superuser': theSuperuser, 'the alternate': theAlternate };

function barred(engine: Engine, who: keyof typeof whoms, end: SqlCause['end']): Fate[] {
  return bars
    .filter(({ on = engine }) => on === engine)
    .map(({ what, type, bar }) => ({ what: `${who} ${what}`, happens: bar(whoms[who]), type, end }));
}

/** A user of MySQL keeps its second password, which is the current one here, when somebody changes the first by hand. */
function barredWithTwo(engine: Engine): Fate[] {
  const fates = barred(engine, 'the user', 'decision');
  return fates.map((fate) =>
    engine === 'mysql' && fate.what.endsWith('changed by hand') ? { ...fate, end: 'undone' } : fate,
  );
}

const crowded = (who: keyof typeof whoms): Fate => ({
  what: `${who} has no connection left`,
  happens: crowdedOut(whoms[who]),
  type: 'TargetUnavailable',
  end: 'rotated',
});

const weakened = (who: keyof typeof whoms, privilege: string): Fate => ({
  what: `${who} loses ${privilege}`,
  happens: revoked(whoms[who], privilege),
  type: 'PermissionMissing',
  end: 'undone',
});
const unableToChange = weakened('the superuser', 'CREATE USER ON *.*');
const unableToLook = weakened('the superuser', 'SELECT ON mysql.*');

const twice: Fate = {
  what: 'the user has a second account, for other hosts',
  happens: accountElsewhere(theUser),
  type: 'TargetMisconfigured',
  end: 'undone',
};

const alternates: readonly Fate[] = [
  { ...twice, what: 'the alternate has two accounts', happens: all(alternateMade, accountElsewhere(theAlternate)) },
  { ...twice, what: 'the alternate is one for other hosts', happens: accountElsewhere(theAlternate) },
  {
    what: 'the alternate has two passwords already',
    happens: all(alternateMade, secondPassword(theAlternate)),
    type: 'no failure',
    end: 'rotated',
    then: async ({ server, application: { username } }) => {
      expect(await server.signsIn({ username: `${username}_clone`, password: older })).toBe(false);
    },
  },
];

const retained: Fate = {
  what: 'the user has two passwords already',
  happens: secondPassword(theUser),
  type: 'no failure',
  end: 'rotated',
  then: async ({ application }) => {
    expect(await application.accepts(older)).toBe(false);
  },
};

/** What depends on whether a user without privileges may change itself, as it may on MariaDB alone. */
const ofItself: Readonly<Record<Engine, readonly Fate[]>> = {
  mysql: [retained, weakened('the user', 'CREATE USER ON *.*')],
  mariadb: [{ ...retained, type: 'PermissionMissing', end: 'undone', then: () => Promise.resolve() }],
};

/** What really goes wrong with one account on a MySQL or a MariaDB, with every strategy. */
export function accountCauses(engine: Engine): SqlCause[] {
  return [
    ...each({ fates: barred(engine, 'the user', 'undone'), steps: ['createSecret'] }),
    ...each({ fates: barred(engine, 'the user', 'decision'), steps: ['setSecret'] }),
    ...each({ fates: barred(engine, 'the user', 'decision'), steps: ['testSecret'] }, [single, alone]),
    ...each({ fates: barredWithTwo(engine), steps: ['testSecret'] }, [multiple]),
    ...each({ fates: [crowded('the user')], steps: ['createSecret', 'setSecret'] }),
    ...each({ fates: barred(engine, 'the superuser', 'undone'), steps: ['createSecret', 'setSecret'] }, superuserWays),
    ...each({ fates: [crowded('the superuser')], steps: ['createSecret', 'setSecret'] }, superuserWays),
    ...each({ fates: [unableToChange, unableToLook, twice], steps: ['setSecret'] }, superuserWays),
    ...each({ fates: barred(engine, 'the superuser', 'undone'), steps: ['testSecret'] }, [alternating]),
    ...each({ fates: barred(engine, 'the alternate', 'undone'), steps: ['testSecret'] }, [alternating]),
    ...each({ fates: [unableToLook], steps: ['testSecret'] }, [alternating]),
    ...each({ fates: alternates, steps: ['setSecret'] }, [alternating]),
    ...each({ fates: [retained], steps: ['setSecret'] }, [single, multiple]),
    ...each({ fates: ofItself[engine], steps: ['setSecret'] }, [alone]),
  ];
}
