import { createHash, createHmac } from 'node:crypto';
import { isScramVerifier, scramVerifier } from '../../../adapters/postgres/scram-verifier';
import { Sensitive } from '../../../rotation/sensitive';

/** RFC 7677, section 3: a whole exchange with the password "pencil". */
const rfc7677 = {
  password: 'pencil',
  salt: 'W22ZaJ0SNY7soEsUEjb6gQ==',
  iterations: 4096,
  authMessage:
    'n=user,r=rOprNGfwEbeRWgbNEkqO,' +
    'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,' +
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
  clientProof: 'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  serverSignature: '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
};

const allPrintable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index)).join('');

/** What PostgreSQL 15 made of the plaintext. */
const storedByPostgres = [
  {
    password: 'pencil',
    verifier:
      'SCRAM-SHA-256$4096:praTjQ886+ynpMDNjMgFRQ==$s4AwF8628unt8l0KDtbnkgBmVBKLY6ldEkaiUM52JfY=:38QwOm2wOSr2gcEjRR/PFMjuQkCqxoziFV8XqUjCca8=',
  },
  {
    password: ' ',
    verifier:
      'SCRAM-SHA-256$4096:zR5KhoztUHEzeertstL8xA==$4VBOkrcYAbOSP6LoYOSiMhVYLkmoBh/mkqNH8F1ppbU=:eiz73TyYRlee/wiNtCWmWJqvXi6jjklDVClobWKKOAE=',
  },
  {
    password: 'it\'s "quoted" \\ ',
    verifier:
      'SCRAM-SHA-256$4096:49uEt3SWCSv/7nprL6FFUQ==$QOxXJF4tEj+bTRrcaT8nLNUcunoDrxZUq9jrCNyGeVE=:ZL+Ia/tmyGEiFoyWluthFUoKLOp3h/YU4E8TzVxCWeY=',
  },
  {
    password: allPrintable,
    verifier:
      'SCRAM-SHA-256$4096:+7htht6qPgFJtXvKznkj6A==$Bmc0xnRQ+xUlZCcgfbqu/whubjX2UZGBeWKaZrmkFJY=:c5fc1Qi7ZUJ2wfDv4pI2/8y+MgAlRs71JBzqMmoQ3fg=',
  },
];

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

async function keysOf(verifier: Promise<string>): Promise<{ storedKey: Buffer; serverKey: Buffer }> {
  const [, , keys = ''] = (await verifier).split('$');
  const [storedKey = '', serverKey = ''] = keys.split(':');
  return { storedKey: Buffer.from(storedKey, 'base64'), serverKey: Buffer.from(serverKey, 'base64') };
}

describe('scramVerifier [§11.15]', () => {
  const pencil = (): Promise<string> =>
    scramVerifier({
      password: new Sensitive(rfc7677.password),
      iterations: rfc7677.iterations,
      salt: Buffer.from(rfc7677.salt, 'base64'),
    });

  it('holds the server key that signs the exchange of RFC 7677', async () => {
    const { serverKey } = await keysOf(pencil());

    expect(hmac(serverKey, rfc7677.authMessage).toString('base64')).toBe(rfc7677.serverSignature);
  });

  it("holds the stored key that the client's proof of RFC 7677 leads to", async () => {
    const { storedKey } = await keysOf(pencil());
    const signature = hmac(storedKey, rfc7677.authMessage);
    const clientKey = Buffer.from(rfc7677.clientProof, 'base64').map((byte, at) => byte ^ (signature[at] ?? 0));

    expect(createHash('sha256').update(clientKey).digest()).toEqual(storedKey);
  });

  it.each(storedByPostgres)('is byte for byte what PostgreSQL stores: $verifier', async ({ password, verifier }) => {
    const [, iterations, salt] = /\$(\d+):([^$]+)\$/.exec(verifier) ?? [];
    const input = {
      password: new Sensitive(password),
      iterations: Number(iterations),
      salt: Buffer.from(salt ?? '', 'base64'),
    };

    expect(await scramVerifier(input)).toBe(verifier);
  });

  it('has a salt of its own each time', async () => {
    const input = { password: new Sensitive('pencil'), iterations: 4096 };

    expect(await scramVerifier(input)).not.toBe(await scramVerifier(input));
  });

  it('leaves the event loop free while it computes', async () => {
    let turns = 0;
    const ticking = setInterval(() => turns++, 1);
    try {
      await scramVerifier({ password: new Sensitive('pencil'), iterations: 400_000 });
    } finally {
      clearInterval(ticking);
    }

    expect(turns).toBeGreaterThan(5);
  });
});

describe('isScramVerifier [§11.15]', () => {
  it.each([1_000, 4_096, 100_000, 1_000_000])(
    'takes what scramVerifier makes with %d iterations',
    async (iterations) => {
      const verifier = await scramVerifier({ password: new Sensitive('pencil'), iterations });

      expect(isScramVerifier(verifier)).toBe(true);
    },
  );

  const good =
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=';

  it.each([
    '',
    'pencil',
    good.toLowerCase(),
    ` ${good}`,
    `${good}\n`,
    `${good}' VALID UNTIL 'infinity`,
    good.replace('4096', ''),
    good.replace('4096', '0'),
    good.replace('4096', '-1'),
    good.replace('$', ':'),
    good.replace('gQ==', 'gQ='),
    good.replace('4qY=', '4qY'),
    good.slice(0, -1),
    good.replace('WG5d', "W'5d"),
    good.replace('SHA-256', 'SHA-1'),
    'md5a3556571e93b0d20722ba62be61e8c2d',
  ])('refuses %j', (text) => {
    expect(isScramVerifier(good)).toBe(true);
    expect(isScramVerifier(text)).toBe(false);
  });
});
