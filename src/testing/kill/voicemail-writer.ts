// The program that the kill test of voicemail kills: it takes notices of messages and stores them, slowly enough to be hit in the middle.
// Called as `node voicemail-writer.ts <data directory> <first> <count>`; prints the external id of each message after its fact.
// Must stay true: an id is printed only after `voicemail.left`, never before; ends by SIGKILL, or by itself when all are stored.
import { flushCompileCache } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import { systemClock } from '#base/clock.ts';
import { messageNotice, VoicemailHarness } from '#testing/harness/voicemail-harness.ts';
import { toneWav } from '#testing/base/wav.ts';

// Node.js writes the cache when it ends, and this program is killed.
flushCompileCache();
const [folder = '', first = '0', count = '1'] = process.argv.slice(2);
const audio = toneWav({ frequency: 440, seconds: 5 });
const harness = new VoicemailHarness({ folder, clock: systemClock });
const said = new Set<string>();

/** A turn of the event loop after each small piece. */
async function* slowly() {
  for (let at = 0; at < audio.length; at += 2000) {
    await setImmediate();
    yield audio.subarray(at, at + 2000);
  }
}

function sayNew(): void {
  for (const externalId of harness.externalIds()) {
    if (externalId === null || said.has(externalId)) continue;
    said.add(externalId);
    process.stdout.write(`${externalId}\n`);
  }
}

const sids = Array.from({ length: Number(count) }, (_, index) => `RE${Number(first) + index}`);
for (const sid of sids) harness.answers.set(sid, [() => ({ kind: 'ok', bytes: audio.length, chunks: slowly() })]);
// What was announced to an earlier run and not stored is fetched again by its id.
for (let index = 0; index < Number(first); index += 1) {
  harness.answers.set(`RE${index}`, [() => ({ kind: 'ok', bytes: audio.length, chunks: slowly() })]);
}
harness.events.on('voicemail.left', sayNew);
await harness.room.start();
process.stdout.write('started\n');
for (const sid of sids) {
  await harness.announce(messageNotice(sid), 'person_anna');
  process.stdout.write(`announced ${sid}\n`);
}
while (harness.db.prepare('SELECT 1 FROM recordings WHERE due_at IS NOT NULL').get() !== undefined) await setImmediate();
sayNew();
process.stdout.write('all stored\n');
await harness[Symbol.asyncDispose]();
