import SqliteDatabase from 'better-sqlite3';
import { expect, test } from 'vitest';
import { SealedSecrets } from './sealed-secrets.ts';
import { migrate } from './migrate.ts';

const key = Buffer.alloc(32, 1);

function open() {
  const db = new SqliteDatabase(':memory:');
  migrate(db);
  for (const [index, name] of ['One', 'Two', 'None'].entries()) {
    db.exec(`INSERT INTO spam_lists (id, name, country, refresh_hours, is_enabled, generation, numbers, created_at)
      VALUES ('spam_${name}', '${name}', 'CA', 24, 1, 0, 0, ${index})`);
  }
  const secrets = new SealedSecrets(db, 'spam_lists', key);
  secrets.save('spam_One', 'sesame');
  secrets.save('spam_Two', 'poppy');
  return { db, secrets };
}

test('a secret is not readable on the disk, opens for its own row alone, and can be taken away', () => {
  const { db, secrets } = open();
  const bytes = (id: string) => db.prepare<[string], Buffer>('SELECT secret FROM spam_lists WHERE id = ?').pluck().get(id);
  expect(bytes('spam_One')?.toString('latin1')).not.toContain('sesame');
  expect([secrets.read('spam_One'), secrets.read('spam_None'), secrets.read('spam_gone')]).toEqual([
    'sesame',
    undefined,
    undefined,
  ]);
  db.prepare('UPDATE spam_lists SET secret = ? WHERE id = ?').run(bytes('spam_One'), 'spam_Two');
  expect(secrets.read('spam_Two')).toBeUndefined();
  expect(secrets.locked()).toEqual(['Two']);
  secrets.save('spam_Two', undefined);
  expect([bytes('spam_Two'), secrets.locked()]).toEqual([null, []]);
});

test('with another key none opens, and those that have one are named', () => {
  const { db } = open();
  const other = new SealedSecrets(db, 'spam_lists', Buffer.alloc(32, 2));
  expect([other.read('spam_One'), other.locked()]).toEqual([undefined, ['One', 'Two']]);
});
