import { expect, it } from 'vitest';
import { WebhookDeduplicator } from './webhook-deduplicator.ts';

it('does a thing once, and again only where it failed', async () => {
  const once = new WebhookDeduplicator();
  let done = 0;
  await once.run('a', () => void (done += 1));
  await once.run('a', () => void (done += 1));
  await once.run('b', () => void (done += 1));
  expect(done).toBe(2);
  await expect(once.run('c', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await once.run('c', () => void (done += 1));
  expect(done).toBe(3);
  await expect(
    once.run('d', () => {
      throw new Error('at once');
    }),
  ).rejects.toThrow('at once');
});

it('lets copies wait for the first, and shares its failure', async () => {
  const once = new WebhookDeduplicator();
  const gate = Promise.withResolvers<void>();
  let begun = 0;
  const run = () => {
    begun += 1;
    return gate.promise;
  };
  const all = [once.run('a', run), once.run('a', run), once.run('a', run)];
  gate.reject(new Error('no'));
  expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect([begun, once.size]).toEqual([1, 0]);
});

it('forgets the oldest', async () => {
  const once = new WebhookDeduplicator(3);
  for (const key of ['a', 'b', 'c', 'd']) await once.run(key, () => {});
  expect(once.size).toBe(3);
  let done = 0;
  await once.run('d', () => void (done += 1));
  await once.run('a', () => void (done += 1));
  expect(done).toBe(1);
});
