import { beforeEach, expect, it } from 'vitest';
import { AppError } from '#base/errors.ts';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { AutoReplies } from './auto-replies.ts';
import type { AutoReplyInput } from './auto-replies.ts';
import type { OurNumbers } from './ports.ts';
import { AutoReplyStore } from './auto-reply-store.ts';

const ours = '+14165550100';
const everyPage = { limit: 10, offset: 0, order: 'asc' } as const;
let autoReplies: AutoReplies;

beforeEach(() => {
  const clock = new FakeClock();
  const log = createLog({ level: 'silent' });
  const { db } = openDatabase({ path: ':memory:', log, clock });
  const numbers = { byNumber: (number: string) => (number === ours ? { number } : undefined) };
  const writes = new WriteBatch({ db, log });
  autoReplies = new AutoReplies({ store: new AutoReplyStore(db), writes, clock, newId, numbers: numbers as OurNumbers });
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
