// The program that the exactly-once test of messages kills: the whole room of messages with its queue, at an emulated Twilio.
// Called as `node message-sender.ts <data directory> <api base> <account sid> <token> <messages>`; prints a line per request and per end.
// Must stay true: nothing of the way to Twilio is a fake, only its times are shorter; it ends by itself when nothing is open any more.
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { systemClock } from '#base/clock.ts';
import { Events } from '#base/events.ts';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { MessageSender } from '#messages/ports.ts';
import { openDatabase } from '#storage/database.ts';
import { Outbox } from '#storage/outbox.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { TwilioConnection } from '#twilio/api/connection.ts';
import { mediaSource } from '#twilio/sync/media-source.ts';
import { SmsSender } from '#twilio/sync/sms-sender.ts';
import { TwilioHttp } from '#twilio/api/http.ts';
import { LiveTwilioSettings } from '#twilio/api/settings.ts';
import { createMessageRoom } from '#app/messages.ts';
import { plannedMessage } from './message-plan.ts';

// Node.js writes the cache when it ends, and this program is killed.
flushCompileCache();
const [directory = '', apiBase = '', accountSid = '', authToken = '', count = '0'] = process.argv.slice(2);
const clock = systemClock;
const log = createLog({ level: 'silent' });
const { db, mode, problem } = openDatabase({ path: join(directory, 'gosip.db'), log, clock });
if (mode !== 'normal') throw new Error(problem);
const writes = new WriteBatch({ db, log });
const settings = new LiveTwilioSettings({
  store: { load: () => ({ settings: { accountSid }, secrets: { authToken } }), save: () => {} },
  clock,
});
const http = new TwilioHttp({ clock, apiBase, timeoutSeconds: 0.25, maxInFlight: 12 });
const connection = new TwilioConnection({ settings, http, log });
// Absence is believed long after the emulator's slowest answer, as it is at the real one.
const delays = { initialSeconds: 0.005, maxSeconds: 0.02, doubtSeconds: 2 };
const outbox = new Outbox({ db, clock, newId, log, isDurable: true, delays, maxInFlight: 12 });
const events = new Events<Facts>(log);
events.on('message.changed', ({ messageId }) => process.stdout.write(`changed ${messageId}\n`));
const senders = new Set(Array.from({ length: 10 }, (_, n) => plannedMessage(n).from));
const ours = [...senders].map((number) => ({ number, name: '', ownerPersonId: undefined }));

const real = new SmsSender({ connection, publicUrl: () => undefined });
const sender: MessageSender = {
  search: (...asked) => real.search(...asked),
  send: (message) => {
    process.stdout.write(`sends ${message.id}\n`);
    return real.send(message);
  },
};

const { messages, stores } = createMessageRoom({
  db,
  dataDirectory: directory,
  writes,
  outbox,
  clock,
  newId,
  events,
  log,
  sender,
  timeZone: 'UTC',
  isDnd: () => false,
  people: { all: () => [] },
  contactsOfHouse: () => [],
  numbers: { all: () => ours, byNumber: (wanted) => ours.find(({ number }) => number === wanted), ofPerson: () => [] },
  readNumber: (text) => text,
  source: mediaSource(connection),
  isPublic: () => false,
  isSetUp: () => true,
});
await messages.start();
outbox.start();

// What is kept already was asked for by the process before.
const chunk = 25;
for (let next = keptCount(); next < Number(count); next = keptCount()) {
  const batch = Array.from({ length: Math.min(chunk, Number(count) - next) }, (_, index) => plannedMessage(next + index));
  await Promise.all(batch.map((one) => messages.send({ ...one, media: [] }, { isAdmin: true, personId: undefined })));
}
for (;;) {
  const { waiting, attempting, doubtful } = outbox.counts();
  if (waiting + attempting + doubtful === 0) break;
  await new Promise<void>((resolve) => void setTimeout(resolve, 20));
}
await outbox.stop();
await messages.stop();
http.close();
db.close();

function keptCount(): number {
  return stores.messages.find({}, { limit: 1, offset: 0, order: 'asc' }).total;
}
