import type { Clock } from '#base/clock.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { WriteBatch } from '#storage/write-batch.ts';

/** What an administrator may change while the house runs, by the names of the API. Null: without a limit. */
export type VoicemailSettings = {
  /** The longest message. */
  readonly mostSeconds: number;
  /** Of silence, after which recording ends. */
  readonly silenceSeconds: number;
  readonly discardBelowSeconds: number;
  /** Who puts messages into words (Twilio: English (US) alone, messages of more than 2 and less than 120 seconds, paid per minute). */
  readonly transcription: 'off' | 'twilio' | 'home-assistant';
  /** Whether Twilio is asked while Home Assistant is to do it and cannot. */
  readonly transcriptionFallback: 'none' | 'twilio';
  /** Of Home Assistant. Null: the first that knows the language. */
  readonly transcriptionEngine: string | null;
  /** BCP 47. Null: that of the house. */
  readonly transcriptionLanguage: string | null;
  /** Whether a recording is deleted at its source once it is stored here. */
  readonly deleteAtTwilio: boolean;
  readonly keepVoicemailDays: number | null;
  readonly keepRecordingDays: number | null;
  readonly keepRecordingMegabytes: number | null;
  /** Calls are not recorded while less than this is free on the disk. */
  readonly freeSpaceFloorMegabytes: number;
};

/** How a message is recorded. */
export type MessageLimits = Pick<VoicemailSettings, 'mostSeconds' | 'silenceSeconds'> & {
  /** Whether a transcript is ordered with it. */
  readonly transcribe: boolean;
};

const defaultSettings: VoicemailSettings = {
  mostSeconds: 180,
  silenceSeconds: 10,
  discardBelowSeconds: 3,
  transcription: 'off',
  transcriptionFallback: 'none',
  transcriptionEngine: null,
  transcriptionLanguage: null,
  deleteAtTwilio: false,
  keepVoicemailDays: null,
  keepRecordingDays: 90,
  keepRecordingMegabytes: 2000,
  freeSpaceFloorMegabytes: 500,
};

type Row = { readonly settings: string };
type Deps = { readonly db: OpenedDatabase['db']; readonly writes: WriteBatch; readonly clock: Clock };

/** The settings and their table `voicemail_settings`. */
export class VoicemailSettingsStore {
  readonly #writes: WriteBatch;
  readonly #clock: Clock;
  readonly #save;
  #current: VoicemailSettings;

  constructor({ db, writes, clock }: Deps) {
    this.#writes = writes;
    this.#clock = clock;
    this.#save = db.prepare<[string, number]>(
      `INSERT INTO voicemail_settings (id, settings, changed_at) VALUES (1, ?, ?)
       ON CONFLICT (id) DO UPDATE SET settings = excluded.settings, changed_at = excluded.changed_at`,
    );
    const row = db.prepare<[], Row>('SELECT settings FROM voicemail_settings WHERE id = 1').get();
    // Only what `change` wrote is ever there; a setting added since then has its usual value.
    this.#current = {
      ...defaultSettings,
      ...(row === undefined ? {} : (JSON.parse(row.settings) as Partial<VoicemailSettings>)),
    };
  }

  get current(): VoicemailSettings {
    return this.#current;
  }

  async change(change: Partial<VoicemailSettings>): Promise<VoicemailSettings> {
    const next = await this.#writes.write(() => {
      const changed = { ...this.#current, ...change };
      this.#save.run(JSON.stringify(changed), this.#clock.now());
      return changed;
    });
    this.#current = next;
    return next;
  }
}
