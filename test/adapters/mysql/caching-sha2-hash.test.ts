import { monitorEventLoopDelay } from 'node:perf_hooks';
import { cachingSha2Hash, isCachingSha2Hash } from '../../../adapters/mysql/caching-sha2-hash';
import { isNativeHash, nativeHash } from '../../../adapters/mysql2/native-hash';
import { Sensitive } from '../../../rotation/sensitive';

const allPrintable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index)).join('');

/** What MySQL 9.7 made of the plaintext. */
const storedByMysql = [
  {
    password: 'pencil',
    hex: '24412430304124253F210908064228263C75044168191E63647E3D3766644C6C6759722F636564505679633476766F675344616A4C773275546F777033594971506C5166662E',
  },
  {
    password: ' ',
    hex: '244124303041243726167166076D514E04702A4211747660440C015067695A775A437467447955354C6C4E5A4E6A4E4439687746324E4B3774794E4C5A735734395930655741',
  },
  {
    password: allPrintable,
    hex: '244124303041245E18393E5163560A124370161773572270587D5B785A35316E4B6D5538683172766E445464527933434D7433636B59314F5945687872495A4364366E4B6A30',
  },
  {
    password: 'x'.repeat(100),
    hex: '24412430304124156558077F156943707C1D71392A2D14340F34507943316B4A554C363565435778787A4835534B496872493668764D736E67524B5454706442626741703835',
  },
  {
    password: 'it\'s "q" \\',
    hex: '2441243030412411296E23133839216D70104729604F433106687555774855746835446B465245703131633332494C53302F2F4F4764682E6668377733434874686342714E42',
  },
];

describe('cachingSha2Hash', () => {
  it.each(storedByMysql)('makes what MySQL makes of $password [§11.15]', async ({ password, hex }) => {
    const stored = Buffer.from(hex, 'hex').toString('latin1');
    const salt = Buffer.from(stored.slice(7, 27), 'latin1');

    expect(await cachingSha2Hash({ password: new Sensitive(password), rounds: 10_000, salt })).toBe(stored);
  });

  it('makes another hash of the same password each time, of a shape that MySQL takes [§11.15]', async () => {
    const make = (): Promise<string> => cachingSha2Hash({ password: new Sensitive('pencil'), rounds: 5_000 });
    const hashes = [await make(), await make()];

    expect(new Set(hashes).size).toBe(2);
    for (const hash of hashes) {
      expect(hash).toMatch(/^\$A\$005\$[./0-9A-Za-z]{63}$/);
      expect(isCachingSha2Hash(hash)).toBe(true);
    }
  });

  it('leaves the event loop to others while it works [§11.15]', async () => {
    const delays = monitorEventLoopDelay({ resolution: 1 });
    delays.enable();

    await cachingSha2Hash({ password: new Sensitive('p'.repeat(64)), rounds: 100_000 });

    delays.disable();
    expect(delays.percentile(90) / 1e6).toBeLessThan(20);
  });

  it.each(['', 'pencil', '$A$005$short', `$A$005$${'a'.repeat(62)}`, `$A$005$${'$'.repeat(20)}${'a'.repeat(43)}`, "'"])(
    'is told from %j [§11.15]',
    (text) => {
      expect(isCachingSha2Hash(text)).toBe(false);
    },
  );
});

describe('nativeHash', () => {
  it.each([
    ['one', '*74445CD742AF268FD22866DA0D12758951D638F7'],
    ['two', '*A41BEE51488264C01B96DE959A9142AF1A75205E'],
    ['password', '*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19'],
  ])('makes what the servers make of %j [§11.15]', (password, hash) => {
    expect(nativeHash(new Sensitive(password))).toBe(hash);
    expect(isNativeHash(hash)).toBe(true);
  });

  it.each(['', 'one', '*', `*${'a'.repeat(40)}`, `*${'A'.repeat(41)}`])('is told from %j [§11.15]', (text) => {
    expect(isNativeHash(text)).toBe(false);
  });
});
