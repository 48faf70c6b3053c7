// The program that the kill test kills: writes through the real rooms as fast as it can and says in a file what was acknowledged.
// Called as `node kill-writer.ts <data directory> <seed> <file>`; prints a dot per line of the file; ends by SIGKILL only.
// Must stay true: a line is written after the promise of its write has resolved, never before, and is out of our hands at once.
import { openSync, writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { systemClock } from '#base/clock.ts';
import { newId } from '#base/ids.ts';
import type { CallId, DeviceId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import type { CallRecord } from '#calls/call.ts';
import { CdrStore } from '#calls/cdr-store.ts';
import { Checkpointer } from '#storage/checkpointer.ts';
import { loadKeys } from '#devices/key-file.ts';
import { noParams } from '#devices/registration.ts';
import { openDeviceHarness, RegistrarPhone } from '#testing/harness/device-harness.ts';
import { seededRandom } from '#testing/base/seeded-random.ts';

/** What the test finds in the database afterwards. `version` only ever grows for one id. */
export type JournalEntry =
  | { readonly what: 'opening' }
  /** Not an acknowledgement: what comes next may be stored and never heard of. Without a contact the whole device. */
  | { readonly what: 'removing'; readonly id: DeviceId; readonly contact?: string }
  | {
      readonly what: 'device';
      readonly id: DeviceId;
      readonly username: string;
      readonly secret: string;
      readonly version: number;
    }
  | { readonly what: 'renamed'; readonly id: DeviceId; readonly version: number }
  | { readonly what: 'deleted'; readonly id: DeviceId }
  | {
      readonly what: 'registered';
      readonly id: DeviceId;
      readonly contact: string;
      readonly version: number;
      readonly expiresAt: number;
    }
  | { readonly what: 'unregistered'; readonly id: DeviceId; readonly contact: string; readonly version: number }
  | { readonly what: 'call'; readonly id: CallId; readonly version: number };

// Node.js writes the cache when it ends, and this program is killed.
flushCompileCache();
const [directory = '', seed = '1', journal = ''] = process.argv.slice(2);
// Not the output: while it is not read, Node keeps lines in memory, and they would die with us.
const file = openSync(journal, 'a');
const random = seededRandom(Number(seed));
// Rises over all runs, because each continues on the database of the last.
let version = systemClock.now() * 1000;

function journalAcknowledged(entry: JournalEntry): void {
  writeSync(file, `${JSON.stringify(entry)}\n`);
  process.stdout.write('.');
}

journalAcknowledged({ what: 'opening' });
const keys = loadKeys(join(directory, 'gosip.key'), createLog({ level: 'silent' }));
const harness = await openDeviceHarness({ clock: systemClock, path: join(directory, 'gosip.db'), keys });
if (harness.opened.mode !== 'normal') throw new Error(harness.opened.problem);
const cdrs = new CdrStore(harness.opened.db);
cdrs.closeInterrupted();

async function newPhone(): Promise<RegistrarPhone> {
  const { device, secret } = await harness.devices.create({ name: 'v0', type: 'softphone' });
  journalAcknowledged({ what: 'device', id: device.id, username: device.username, secret, version: 0 });
  return new RegistrarPhone(harness, device, secret);
}

async function register(phone: RegistrarPhone): Promise<void> {
  const { device } = phone;
  const port = 5060 + random(4);
  const contact = `sip:${device.username}@192.0.2.1:${port}`;
  const isLeaving = random(5) === 0;
  const cseq = (version += 1);
  if (isLeaving) journalAcknowledged({ what: 'removing', id: device.id, contact });
  const decision = await phone.register({
    contacts: [{ uri: contact, params: noParams }],
    // Four phones of one user: a Contact from the source of another would take its place.
    source: { protocol: 'udp', address: '192.0.2.1', port },
    callId: `run-${seed}-${contact}`,
    // The version travels in a field that the table keeps; it must not trip over the order of CSeqs.
    userAgent: `v${cseq}`,
    expires: isLeaving ? 0 : 3600,
  });
  if (decision.kind !== 'registered') throw new Error(`Not registered: ${JSON.stringify(decision)}`);
  if (isLeaving) journalAcknowledged({ what: 'unregistered', id: device.id, contact, version: cseq });
  else
    journalAcknowledged({ what: 'registered', id: device.id, contact, version: cseq, expiresAt: systemClock.now() + 3_590_000 });
}

async function rename(phone: RegistrarPhone): Promise<void> {
  const next = (version += 1);
  await harness.devices.change(phone.device.id, { name: `v${next}` });
  journalAcknowledged({ what: 'renamed', id: phone.device.id, version: next });
}

function call(phone: RegistrarPhone): void {
  const startedAt = systemClock.now();
  const party = { deviceId: phone.device.id, personId: undefined, number: phone.device.extension, name: '' };
  const record: CallRecord = {
    id: newId('call'),
    direction: 'internal',
    startedAt,
    ringingAt: undefined,
    answeredAt: undefined,
    endedAt: undefined,
    verdict: undefined,
    dialled: '202',
    caller: party,
    callee: party,
    number: undefined,
    trunk: undefined,
    transferredFrom: undefined,
    reasons: [],
  };
  cdrs.save(record, []);
  journalAcknowledged({ what: 'call', id: record.id, version: 0 });
  cdrs.save(
    { ...record, answeredAt: startedAt, endedAt: startedAt, verdict: { disposition: 'answered', reason: 'caller-hung-up' } },
    [],
  );
  journalAcknowledged({ what: 'call', id: record.id, version: 1 });
}

/** One phone's life: one thing after another, while the other phones do theirs. */
async function runPhone(): Promise<never> {
  let phone = await newPhone();
  for (;;) {
    const dice = random(20);
    if (dice < 14) await register(phone);
    else if (dice < 17) await rename(phone);
    else if (dice < 19) call(phone);
    else {
      journalAcknowledged({ what: 'removing', id: phone.device.id });
      await harness.devices.delete(phone.device.id);
      journalAcknowledged({ what: 'deleted', id: phone.device.id });
      phone = await newPhone();
    }
  }
}

/** Checkpoints all the time, so that many a kill falls into one. */
async function checkpointContinuously(): Promise<never> {
  const log = createLog({ level: 'silent' });
  const checkpointer = new Checkpointer({
    db: harness.opened.db,
    writes: harness.writes,
    clock: systemClock,
    log,
    worthBytes: 200_000,
  });
  checkpointer.start();
  for (;;) {
    await checkpointer.check();
    await setImmediate();
  }
}

await Promise.all([checkpointContinuously(), ...Array.from({ length: 12 }, runPhone)]);
