import SqliteDatabase from 'better-sqlite3';
import { newId } from '#base/ids.ts';
import type { ChannelId } from '#contract/notification-kinds.ts';

export type PlantedDeliveries = {
  readonly channel: ChannelId;
  /** Of an administrator: what is planted is told to nobody else. */
  readonly personId: string;
  readonly targetId: string;
  readonly count: number;
};

/** Alerts that are to be told now, written straight into the database of a house that does not run. */
export function plantDeliveries(path: string, { channel, personId, targetId, count }: PlantedDeliveries): void {
  const db = new SqliteDatabase(path);
  const now = Date.now();
  const item = db.prepare(
    `INSERT INTO outbox (id, kind, service, order_key, payload, created_at, due_at, give_up_at) VALUES (?, ?, ?, ?, '{}', ?, ?, ?)`,
  );
  const delivery = db.prepare(
    `INSERT INTO deliveries (id, dedupe_key, person_id, target_id, channel, kind, item, item_id, outbox_id, state, next_at, created_at)
     VALUES (?, ?, ?, ?, ?, 'alert', ?, 'trunk-down', ?, 'waiting', ?, ?)`,
  );
  const alert = JSON.stringify({ alertId: 'trunk-down', about: 'Provider', values: { state: 'unreachable' }, since: now });
  db.transaction(() => {
    for (let index = 0; index < count; index += 1) {
      const outboxId = newId('out');
      item.run(outboxId, `notify-${channel}`, channel, newId('order'), now, now, now + 86_400_000);
      delivery.run(newId('dlv'), `planted:${channel}:${index}`, personId, targetId, channel, alert, outboxId, now, now);
    }
  })();
  db.close();
}
