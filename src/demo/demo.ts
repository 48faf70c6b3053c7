// The tour of less than twenty seconds: a house of its own on loopback with two simulated phones, a call between them, one from
// outside through an emulated Twilio, and what GoSIP says of them.
// Called by script/server --demo.
// Must stay true: it needs no account, no hardware and no free standard port, and leaves nothing behind.
import { setTimeout as wait } from 'node:timers/promises';
import { openPstn, ours, pstnVariables, publicUrl, setupTwilio, takeMessage } from './pstn.ts';
import type { EmulatedPstn } from './pstn.ts';
import { freePort } from '#testing/base/free-port.ts';
import { House } from '#testing/harness/house.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

const host = '127.0.0.1';

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

type NewDevice = {
  readonly id: string;
  readonly name: string;
  readonly extension: string;
  readonly username: string;
  readonly secret: string;
};
type CallRecord = {
  readonly id: string;
  readonly caller: { readonly name: string; readonly number: string };
  readonly callee: { readonly name: string; readonly number: string };
  readonly disposition: string | null;
  readonly reason: string | null;
  readonly durationSeconds: number;
};
async function startPhone(
  stack: AsyncDisposableStack,
  device: NewDevice,
  registrar: House['registrar'],
): Promise<SimulatedPhone> {
  const phone = stack.use(
    await SimulatedPhone.start({
      address: host,
      username: device.username,
      password: device.secret,
      registrar,
      incomingCallAction: 'ring',
    }),
  );
  const status = await phone.register();
  if (status !== 200) throw new Error(`${device.name} could not register: ${status}`);
  print(`  ${device.name.padEnd(8)} registered from ${phone.contact}`);
  return phone;
}

async function oneCall(caller: SimulatedPhone, callee: SimulatedPhone, extension: string): Promise<void> {
  const started = performance.now();
  const since = () => `${(performance.now() - started).toFixed(0)} ms`.padStart(8);
  const rang = callee.incomingCall();
  const outgoing = caller.call(extension);
  const incoming = await rang;
  print(`${since()}  Study rings`);
  await outgoing.reached('ringing');
  print(`${since()}  Kitchen hears the ringing tone`);
  callee.answer(incoming);
  await Promise.all([outgoing.reached('answered'), incoming.reached('answered')]);
  print(`${since()}  Study picked up: they talk, media goes directly from phone to phone`);
  await wait(1200);
  await caller.hangup(outgoing);
  await incoming.reached('ended');
  print(`${since()}  Kitchen hung up, Study got the BYE`);
}

type DemoPhones = { readonly kitchen: SimulatedPhone; readonly study: SimulatedPhone; readonly personId: string };

/** A caller from outside dials the house's number and leaves a message. */
async function oneMessage(house: House, outside: EmulatedPstn, { kitchen, study, personId }: DemoPhones): Promise<void> {
  const fetchAudio = async (path: string) => {
    const headers = { authorization: `Bearer ${house.token}` };
    return Buffer.from(await (await fetch(`http://${host}:${house.httpPort}/api${path}`, { headers })).arrayBuffer());
  };
  const rings = async () => void (await Promise.all([kitchen.incomingCall(), study.incomingCall()]));
  const tour = { outside, api: house.api.bind(house), fetchAudio, print, rings };
  print('\nThe house is set up at an emulated Twilio: signed webhooks, SIP over TLS, RTP, all on this machine');
  await setupTwilio(tour, personId);
  print(`\nA caller from outside dials ${ours}`);
  await takeMessage(tour);
}

/** The record is closed a moment after the phones know: ask until it says how the call ended. */
async function closedRecord(house: House): Promise<CallRecord> {
  for (;;) {
    const { items } = await house.api<{ items: CallRecord[] }>('GET', '/cdrs');
    const [record] = items;
    if (record !== undefined && record.disposition !== null) return record;
    await wait(20);
  }
}

async function tour(): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const outside = await openPstn(stack);
  const publicPort = await freePort(host);
  outside?.twilio.mapOrigin(publicUrl, `http://${host}:${publicPort}`);

  print('GoSIP starts, in a folder of its own that is removed at the end');
  const house = stack.use(
    await House.start({ address: host, environment: outside === undefined ? {} : pstnVariables(outside, publicPort) }),
  );
  print(`  phones register at ${host}:${house.sipPort}, the API is at http://${host}:${house.httpPort}/api\n`);

  print('Two phones are added and register, with digest, over real SIP');
  const { id: personId } = await house.api<{ id: string }>('POST', '/users', { username: 'anna', name: 'Anna' });
  const owned = { type: 'softphone', personId };
  const kitchen = await house.api<NewDevice>('POST', '/devices', { name: 'Kitchen', extension: '21', ...owned });
  const study = await house.api<NewDevice>('POST', '/devices', { name: 'Study', extension: '22', ...owned });
  const kitchenPhone = await startPhone(stack, kitchen, house.registrar);
  const studyPhone = await startPhone(stack, study, house.registrar);

  print('\nKitchen dials 22');
  await oneCall(kitchenPhone, studyPhone, study.extension);

  const { caller, callee, disposition, reason, durationSeconds } = await closedRecord(house);
  print('\nWhat GoSIP wrote down (GET /api/cdrs)');
  print(
    `  ${caller.name} (${caller.number}) called ${callee.name} (${callee.number}): ${disposition}, ${durationSeconds} s, ended because ${reason}`,
  );
  if (outside === undefined)
    print('\nThe call from outside is left out: its certificate needs openssl (sudo apt-get install openssl)');
  else await oneMessage(house, outside, { kitchen: kitchenPhone, study: studyPhone, personId });
  print('\nNow with your own phones: script/server');
}

await tour();
