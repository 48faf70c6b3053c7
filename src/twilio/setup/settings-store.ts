import type { Clock } from '#base/clock.ts';
import { seal, unseal } from '#base/sealing.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { SettingsStore } from '#twilio/api/settings.ts';

type Row = { readonly settings: string; readonly secrets: Buffer | null };
type TwilioSettingsStoreDeps = { readonly db: OpenedDatabase['db']; readonly sealingKey: Buffer; readonly clock: Clock };

/** Associated data of the seal: what is sealed for Twilio opens nowhere else. */
const owner = 'twilio';

/** The SQL of the table `twilio_settings`: one row, its secrets sealed with the house's key. */
export class TwilioSettingsStore implements SettingsStore {
  readonly #key: Buffer;
  readonly #clock: Clock;
  readonly #select;
  readonly #upsert;

  constructor({ db, sealingKey, clock }: TwilioSettingsStoreDeps) {
    this.#key = sealingKey;
    this.#clock = clock;
    this.#select = db.prepare<[], Row>('SELECT settings, secrets FROM twilio_settings WHERE id = 1');
    this.#upsert = db.prepare<[{ settings: string; secrets: Buffer | null; changedAt: number }]>(
      `INSERT INTO twilio_settings (id, settings, secrets, changed_at) VALUES (1, :settings, :secrets, :changedAt)
       ON CONFLICT (id) DO UPDATE SET settings = :settings, secrets = coalesce(:secrets, secrets), changed_at = :changedAt`,
    );
  }

  /** The secrets are undefined where the key is not the one they were sealed with. */
  load(): { readonly settings: unknown; readonly secrets: unknown } | undefined {
    const row = this.#select.get();
    if (row === undefined) return undefined;
    const secrets = row.secrets === null ? '{}' : unseal(row.secrets, this.#key, owner);
    return { settings: JSON.parse(row.settings), secrets: secrets === undefined ? undefined : JSON.parse(secrets) };
  }

  save(settings: object, secrets: object | undefined): void {
    this.#upsert.run({
      settings: JSON.stringify(settings),
      secrets: secrets === undefined ? null : seal(JSON.stringify(secrets), this.#key, owner),
      changedAt: this.#clock.now(),
    });
  }
}
