// The program that the outbox's kill test kills: sends numbered items to a "service" that is a file, and dies in between.
// Called as `node outbox-sender.ts <data directory> <seed> <items> <service file>`; prints a line per end; ends by itself when all have ended.
// Must stay true: what stands in the file was done, whatever the answer said; no other process adds to it.
import { openSync, readFileSync, writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { systemClock } from '#base/clock.ts';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import { Outbox } from '#storage/outbox.ts';
import type { AttemptOutcome, LookUpOutcome, OutboxItem } from '#storage/outbox-item.ts';
import { seededRandom } from '#testing/base/seeded-random.ts';

// Node.js writes the cache when it ends, and this program is killed.
flushCompileCache();
const [directory = '', seed = '1', items = '100', serviceFile = ''] = process.argv.slice(2);
const random = seededRandom(Number(seed));
const log = createLog({ level: 'silent' });
const { db, mode, problem } = openDatabase({ path: join(directory, 'gosip.db'), log, clock: systemClock });
if (mode !== 'normal') throw new Error(problem);
const service = openSync(serviceFile, 'a');

type Numbered = { readonly n: number };

async function attempt({ payload, orderKey }: OutboxItem<Numbered>): Promise<AttemptOutcome> {
  for (let turns = random(4); turns > 0; turns -= 1) await setImmediate();
  const dice = random(10);
  if (dice === 0) return { kind: 'limited', message: 'slowly', retryAfterSeconds: 0.001 };
  if (dice === 1) return { kind: 'unreachable', message: 'no way' };
  if (dice === 2) return { kind: 'ambiguous', message: 'lost on the way there' };
  writeSync(service, `${orderKey} ${payload.n}\n`);
  for (let turns = random(4); turns > 0; turns -= 1) await setImmediate();
  return dice === 3 ? { kind: 'ambiguous', message: 'lost on the way back' } : { kind: 'done' };
}

async function look({ payload, orderKey }: OutboxItem<Numbered>): Promise<LookUpOutcome> {
  await setImmediate();
  if (random(5) === 0) return { kind: 'unclear', message: 'cannot see' };
  const found = readFileSync(serviceFile, 'utf8').split('\n').includes(`${orderKey} ${payload.n}`);
  return { kind: found ? 'found' : 'absent' };
}

const delays = { initialSeconds: 0.001, maxSeconds: 0.002, doubtSeconds: 0 };
const outbox = new Outbox({ db, clock: systemClock, newId, log, isDurable: true, delays, maxInFlight: 4 });
const known = outbox.list({ limit: 1 }).length > 0;
outbox.register<Numbered>('numbered', {
  service: 'File',
  attempt,
  whenInDoubt: look,
  ended: ({ payload }, { state }) => process.stdout.write(`${state} ${payload.n}\n`),
});
if (!known) {
  db.transaction(() => {
    for (let n = 0; n < Number(items); n += 1) outbox.enqueue({ kind: 'numbered', orderKey: `k${n % 7}`, payload: { n } });
  })();
}
process.stdout.write('begun\n');
outbox.start();
for (;;) {
  const { waiting, attempting, doubtful } = outbox.counts();
  if (waiting + attempting + doubtful === 0) break;
  await setImmediate();
}
await outbox.stop();
db.close();
