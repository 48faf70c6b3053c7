import { beforeEach, expect, it } from 'vitest';
import { AppError } from '#base/errors.ts';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { AutoReplies } from './auto-replies.ts';
import type { AutoReplyInput } from './auto-replies.ts';
import { Events } from '#base/events.ts';
import type { Facts } from '#contract/facts.ts';
import type { OurNumbers } from './ports.ts';
import { AutoReplyStore } from './auto-reply-store.ts';

const ours = '+14165550100';
const everyPage = { limit: 10, offset: 0, order: 'asc' } as const;
let autoReplies: AutoReplies;
let told: (string | null)[];

beforeEach(() => {
  const clock = new FakeClock();
  const log = createLog({ level: 'silent' });
  const { db } = openDatabase({ path: ':memory:', log, clock });
  const numbers = { byNumber: (number: string) => (number === ours ? { number, ownerPersonId: 'person_anna' } : undefined) };
  const writes = new WriteBatch({ db, log });
  const events = new Events<Facts>(log);
  told = [];
  events.on('auto-replies.changed', ({ personId }) => told.push(personId));
  const store = new AutoReplyStore(db);
  autoReplies = new AutoReplies({ store, writes, clock, newId, events, numbers: numbers as unknown as OurNumbers });
});

const rule: AutoReplyInput = {
  name: 'Away',
  number: undefined,
  trigger: 'dnd',
  keywords: [],
  hours: [],
  body: 'Later',
  quietMinutes: 60,
  isEnabled: true,
};

/** The field that is refused; undefined where the rule is kept. */
async function refusedField(change: Partial<AutoReplyInput>): Promise<string | undefined> {
  try {
    await autoReplies.create({ ...rule, ...change });
    return undefined;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.details?.[0]?.field;
  }
}

it.each<[what: string, change: Partial<AutoReplyInput>, field: string | undefined]>([
  ['for every number', {}, undefined],
  ['for a number of ours', { number: ours }, undefined],
  ["for a number that is not the house's", { number: '+14165550199' }, 'number'],
  ['to keywords', { trigger: 'keyword', keywords: ['info'] }, undefined],
  ['to keywords, without one', { trigger: 'keyword', keywords: [] }, 'keywords'],
])('an automatic reply %s is kept only where it could ever reply', async (_what, change, field) => {
  expect(await refusedField(change)).toBe(field);
  expect(autoReplies.list(undefined, everyPage).total).toBe(field === undefined ? 1 : 0);
});

it('whoever looks at automatic replies learns of each change, also of one that goes to another number', async () => {
  const own = await autoReplies.create({ ...rule, number: ours });
  expect(told).toEqual(['person_anna']);
  await autoReplies.change(own, { number: undefined });
  expect(told).toEqual(['person_anna', null, 'person_anna']);
  await autoReplies.delete(own);
  expect(told.slice(3)).toEqual(['person_anna']);
});
