// The tour of less than twenty seconds: a house of its own on loopback with two simulated phones, a call between them, one from
// outside through an emulated Twilio, and what GoSIP says of them.
// Called by script/server --demo.
// Must stay true: it needs no account, no hardware and no free standard port, and leaves nothing behind.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createApp } from '#app/app.ts';
import type { App } from '#app/app.ts';
import { openPstn, ours, pstnOptions, publicUrl, setupTwilio, takeMessage } from './pstn.ts';
import type { EmulatedPstn } from './pstn.ts';
import { parseOptions } from '#options/options.ts';
import { apiCall } from '#testing/harness/api-call.ts';
import type { ApiCall } from '#testing/harness/api-call.ts';
import { freePort } from '#testing/base/free-port.ts';
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
async function startPhone(stack: AsyncDisposableStack, device: NewDevice, port: number): Promise<SimulatedPhone> {
  const phone = stack.use(
    await SimulatedPhone.start({
      address: host,
      username: device.username,
      password: device.secret,
      registrar: { host, port },
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
async function oneMessage(app: App, outside: EmulatedPstn, { kitchen, study, personId }: DemoPhones): Promise<void> {
  const api = apiCall(`http://${host}:${app.http.port}`, app.adminToken ?? '');
  outside.twilio.mapOrigin(publicUrl, `http://${host}:${app.publicHttp?.port ?? 0}`);
  const fetchAudio = async (path: string) => {
    const headers = { authorization: `Bearer ${app.adminToken ?? ''}` };
    return Buffer.from(await (await fetch(`http://${host}:${app.http.port}/api${path}`, { headers })).arrayBuffer());
  };
  const rings = async () => void (await Promise.all([kitchen.incomingCall(), study.incomingCall()]));
  const tour = { outside, api, fetchAudio, print, rings };
  print('\nThe house is set up at an emulated Twilio: signed webhooks, SIP over TLS, RTP, all on this machine');
  await setupTwilio(tour, personId);
  print(`\nA caller from outside dials ${ours}`);
  await takeMessage(tour);
}

/** The record is closed a moment after the phones know: ask until it says how the call ended. */
async function closedRecord(api: ApiCall): Promise<CallRecord> {
  for (;;) {
    const { items } = await api<{ items: CallRecord[] }>('GET', '/cdrs');
    const [record] = items;
    if (record !== undefined && record.disposition !== null) return record;
    await wait(20);
  }
}

async function tour(): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const dataDirectory = await mkdtemp(join(tmpdir(), 'gosip-demo-'));
  stack.defer(() => rm(dataDirectory, { recursive: true, force: true }));
  const sipPort = await freePort(host);
  const outside = await openPstn(stack);
  const read = parseOptions({
    data_directory: dataDirectory,
    sip_listen: [`udp:${host}:${sipPort}`],
    http_host: host,
    http_port: 0,
    log_level: 'warn',
    ...(outside === undefined ? {} : { ...pstnOptions(outside), public_url: publicUrl }),
  });
  if (read.kind === 'problems') throw new Error(read.problems.join('; '));

  print('GoSIP starts, in a folder of its own that is removed at the end');
  const app = stack.use(await createApp(read.options));
  const api = apiCall(`http://${host}:${app.http.port}`, app.adminToken ?? '');
  print(`  phones register at ${host}:${sipPort}, the API is at http://${host}:${app.http.port}/api\n`);

  print('Two phones are added and register, with digest, over real SIP');
  const { id: personId } = await api<{ id: string }>('POST', '/users', { username: 'anna', name: 'Anna' });
  const owned = { type: 'softphone', personId };
  const kitchen = await api<NewDevice>('POST', '/devices', { name: 'Kitchen', extension: '21', ...owned });
  const study = await api<NewDevice>('POST', '/devices', { name: 'Study', extension: '22', ...owned });
  const kitchenPhone = await startPhone(stack, kitchen, sipPort);
  const studyPhone = await startPhone(stack, study, sipPort);

  print('\nKitchen dials 22');
  await oneCall(kitchenPhone, studyPhone, study.extension);

  const { caller, callee, disposition, reason, durationSeconds } = await closedRecord(api);
  print('\nWhat GoSIP wrote down (GET /api/cdrs)');
  print(
    `  ${caller.name} (${caller.number}) called ${callee.name} (${callee.number}): ${disposition}, ${durationSeconds} s, ended because ${reason}`,
  );
  if (outside === undefined)
    print('\nThe call from outside is left out: its certificate needs openssl (sudo apt-get install openssl)');
  else await oneMessage(app, outside, { kitchen: kitchenPhone, study: studyPhone, personId });
  print('\nNow with your own phones: script/server');
}

await tour();
