import { afterAll, beforeAll, expect, test } from 'vitest';
import { Baresip } from '#testing/peers/baresip.ts';
import { House } from '#testing/harness/house.ts';

// What people do in a call, with real phones (baresip) at the real process; what each hears is measured by frequency.
const tones = { '11': 440, '12': 1000, '13': 1500 } as const;
type Extension = keyof typeof tones;
type CallRecord = {
  id: string;
  dialled: string;
  disposition: string | null;
  reason: string | null;
  transferredFrom: string | null;
};

let house: House;
let stack: AsyncDisposableStack;
beforeAll(async () => {
  stack = new AsyncDisposableStack();
  house = stack.use(await House.start());
});
afterAll(() => stack.disposeAsync());

async function phone(extension: Extension, more: { transport?: 'tcp'; answer?: 'auto' } = {}): Promise<Baresip> {
  const { username, password } = await house.addDevice(extension);
  const registrar = `${house.address}:${house.sipPort}`;
  const toneHz = tones[extension];
  const baresip = await Baresip.start({ address: house.address, username, password, registrar, toneHz, ...more });
  stack.use(baresip);
  await baresip.registered();
  return baresip;
}

const uriOf = (extension: Extension) => `sip:${extension}@${house.address}:${house.sipPort}`;
const hearsNow = (listener: Baresip, extension: Extension) =>
  expect.poll(() => listener.heardRecently(tones[extension]), { timeout: 20_000, interval: 250 });
const states = async () => (await house.api<{ items: { state: string }[] }>('GET', '/calls')).items.map(({ state }) => state);

async function talk(caller: Baresip, callee: Baresip, extension: Extension): Promise<void> {
  const nth = callee.events.filter(({ type }) => type === 'CALL_ESTABLISHED').length + 1;
  caller.dial(uriOf(extension));
  await Promise.all([caller.waitForEvent('CALL_ESTABLISHED', { nth }), callee.waitForEvent('CALL_ESTABLISHED', { nth })]);
}

test('a call is handed to a third phone; another is held, taken up again, and gets a key press', async () => {
  const kitchen = await phone('11');
  const study = await phone('12', { transport: 'tcp', answer: 'auto' });
  const cellar = await phone('13', { answer: 'auto' });
  await talk(kitchen, study, '12');
  await hearsNow(kitchen, '12').toBeGreaterThan(0.9);
  await hearsNow(study, '11').toBeGreaterThan(0.9);
  kitchen.command('transfer', uriOf('13'));
  await Promise.all([cellar.waitForEvent('CALL_ESTABLISHED'), kitchen.waitForEvent('CALL_CLOSED')]);
  await hearsNow(study, '13').toBeGreaterThan(0.9);
  await hearsNow(cellar, '12').toBeGreaterThan(0.9);
  study.hangup();
  await cellar.waitForEvent('CALL_CLOSED');

  // Last, because baresip 1.0 records nothing more once it was held.
  await talk(kitchen, study, '12');
  kitchen.command('hold');
  await expect.poll(states, { timeout: 10_000 }).toEqual(['held']);
  kitchen.command('resume');
  await expect.poll(states, { timeout: 10_000 }).toEqual(['in_call']);
  kitchen.command('sndcode', '5');
  expect((await study.waitForEvent('CALL_DTMF_START')).param).toBe('5');
  kitchen.hangup();
  await study.waitForEvent('CALL_CLOSED', { nth: 2 });

  const records = async () => (await house.api<{ items: CallRecord[] }>('GET', '/cdrs?order=asc')).items;
  await expect
    .poll(async () => (await records()).map(({ dialled, disposition, reason }) => ({ dialled, disposition, reason })))
    .toEqual([
      { dialled: '12', disposition: 'answered', reason: 'transferred' },
      { dialled: '13', disposition: 'answered', reason: 'caller-hung-up' },
      { dialled: '12', disposition: 'answered', reason: 'caller-hung-up' },
    ]);
  const [first, second] = await records();
  expect(second?.transferredFrom).toBe(first?.id);
});
