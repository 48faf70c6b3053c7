import type { ChannelId } from '#contract/notification-kinds.ts';
import type { OpenedDatabase } from '#storage/database.ts';

export type KeptChannel = {
  readonly id: ChannelId;
  readonly isEnabled: boolean;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly hasSecret: boolean;
  readonly changedAt: number;
};

type Row = {
  readonly id: ChannelId;
  readonly is_enabled: number;
  readonly settings: string;
  readonly has_secret: number;
  readonly changed_at: number;
};

/** As the list of what the house's key does not open calls them. */
const names: Readonly<Record<ChannelId, string>> = {
  mail: 'Mail',
  gotify: 'Gotify',
  ntfy: 'ntfy',
  'home-assistant': 'Home Assistant',
  'web-push': 'Web Push',
};

/** The SQL of the table `notification_channels`. */
export class ChannelStore {
  readonly #get;
  readonly #put;

  constructor(db: OpenedDatabase['db']) {
    this.#get = db.prepare<[string], Row>(
      'SELECT id, is_enabled, settings, secret IS NOT NULL AS has_secret, changed_at FROM notification_channels WHERE id = ?',
    );
    this.#put = db.prepare<[Record<string, string | number>]>(
      `INSERT INTO notification_channels (id, name, is_enabled, settings, created_at, changed_at)
       VALUES (:id, :name, :isEnabled, :settings, :now, :now)
       ON CONFLICT (id) DO UPDATE SET is_enabled = excluded.is_enabled, settings = excluded.settings, changed_at = excluded.changed_at`,
    );
  }

  get(id: ChannelId): KeptChannel | undefined {
    const row = this.#get.get(id);
    if (row === undefined) return undefined;
    return {
      id: row.id,
      isEnabled: row.is_enabled === 1,
      settings: JSON.parse(row.settings) as KeptChannel['settings'],
      hasSecret: row.has_secret === 1,
      changedAt: row.changed_at,
    };
  }

  /** Its secrets stay as they are. */
  put({ id, isEnabled, settings, changedAt }: Omit<KeptChannel, 'hasSecret'>): void {
    this.#put.run({ id, name: names[id], isEnabled: isEnabled ? 1 : 0, settings: JSON.stringify(settings), now: changedAt });
  }
}
