import type { MediaId, MessageId, PersonId } from '#base/ids.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { MediaItem } from './message.ts';

type Row = {
  readonly id: MediaId;
  readonly message_id: MessageId | null;
  readonly position: number;
  readonly state: MediaItem['state'];
  readonly source_url: string | null;
  readonly content_type: string | null;
  readonly bytes: number | null;
  readonly uploaded_by: PersonId | null;
  readonly token: string | null;
  readonly token_until: number | null;
  readonly attempts: number;
  readonly due_at: number | null;
  readonly problem: string | null;
  readonly created_at: number;
};

/** The SQL of the table `message_media`. Nothing commits here: callers write inside a WriteBatch. */
export class MediaStore {
  readonly #byId;
  readonly #byToken;
  readonly #of;
  readonly #at;
  readonly #insertPending;
  readonly #upload;
  readonly #attach;
  readonly #publish;
  readonly #unpublish;
  readonly #due;
  readonly #stored;
  readonly #postpone;
  readonly #lost;
  readonly #orphans;
  readonly #delete;
  readonly #shiftDueTimes;

  constructor(db: OpenedDatabase['db']) {
    this.#byId = db.prepare<[string], Row>('SELECT * FROM message_media WHERE id = ?');
    this.#byToken = db.prepare<[string, number], Row>('SELECT * FROM message_media WHERE token = ? AND token_until > ?');
    this.#of = db.prepare<[string], Row>('SELECT * FROM message_media WHERE message_id = ? ORDER BY position');
    this.#at = db.prepare<[string, number], Row>('SELECT * FROM message_media WHERE message_id = ? AND position = ?');
    this.#insertPending = db.prepare<[object]>(
      `INSERT INTO message_media (id, message_id, position, state, source_url, due_at, created_at)
       VALUES (:id, :messageId, :position, 'fetching', :sourceUrl, :at, :at)`,
    );
    this.#upload = db.prepare<[object]>(
      `INSERT INTO message_media (id, state, content_type, bytes, uploaded_by, created_at)
       VALUES (:id, 'stored', :contentType, :bytes, :uploadedBy, :at)`,
    );
    this.#attach = db.prepare<[object]>('UPDATE message_media SET message_id = :messageId, position = :position WHERE id = :id');
    this.#publish = db.prepare<[object]>('UPDATE message_media SET token = :token, token_until = :until WHERE id = :id');
    this.#unpublish = db.prepare<[string]>(
      'UPDATE message_media SET token = NULL, token_until = NULL WHERE message_id = ? AND token IS NOT NULL',
    );
    this.#due = db.prepare<[], Row>("SELECT * FROM message_media WHERE state = 'fetching' ORDER BY due_at LIMIT 1");
    this.#stored = db.prepare<[object]>(
      `UPDATE message_media SET state = 'stored', content_type = :contentType, bytes = :bytes, due_at = NULL, problem = NULL
       WHERE id = :id`,
    );
    this.#postpone = db.prepare<[object]>(
      'UPDATE message_media SET attempts = attempts + 1, due_at = :dueAt, problem = :problem WHERE id = :id',
    );
    this.#lost = db.prepare<[object]>(
      "UPDATE message_media SET state = 'lost', attempts = attempts + 1, due_at = NULL, problem = :problem WHERE id = :id",
    );
    this.#orphans = db.prepare<[number], Row>(
      'SELECT * FROM message_media WHERE message_id IS NULL AND created_at < ? LIMIT 100',
    );
    this.#delete = db.prepare<[string]>('DELETE FROM message_media WHERE id = ?');
    this.#shiftDueTimes = db.prepare<[{ byMs: number }]>(
      `UPDATE message_media SET due_at = due_at + :byMs, token_until = token_until + :byMs,
         created_at = CASE WHEN message_id IS NULL THEN created_at + :byMs ELSE created_at END
       WHERE due_at IS NOT NULL OR token_until IS NOT NULL OR message_id IS NULL`,
    );
  }

  byId(id: string): MediaItem | undefined {
    return fromRow(this.#byId.get(id));
  }

  /** Undefined also where it has expired. */
  byToken(token: string, now: number): MediaItem | undefined {
    return fromRow(this.#byToken.get(token, now));
  }

  ofMessage(messageId: MessageId): readonly MediaItem[] {
    return this.#of.all(messageId).flatMap((row) => fromRow(row) ?? []);
  }

  atPosition(messageId: MessageId, position: number): MediaItem | undefined {
    return fromRow(this.#at.get(messageId, position));
  }

  /** Media to be fetched. */
  insertPending(
    media: Pick<MediaItem, 'id' | 'position'> & {
      readonly messageId: MessageId;
      readonly sourceUrl: string;
      readonly at: number;
    },
  ): void {
    const { id, messageId, position, sourceUrl, at } = media;
    this.#insertPending.run({ id, messageId, position, sourceUrl, at });
  }

  insertUpload(media: {
    readonly id: MediaId;
    readonly contentType: string;
    readonly bytes: number;
    readonly uploadedBy: PersonId | undefined;
    readonly at: number;
  }): void {
    this.#upload.run({ ...media, uploadedBy: media.uploadedBy ?? null });
  }

  attach(id: MediaId, messageId: MessageId, position: number): void {
    this.#attach.run({ id, messageId, position });
  }

  publish(id: MediaId, token: string, until: number): void {
    this.#publish.run({ id, token, until });
  }

  /** The media of this message can no longer be fetched from outside. */
  unpublish(messageId: MessageId): void {
    this.#unpublish.run(messageId);
  }

  /** The media to be fetched next, due or not. */
  nextDue(): (MediaItem & { readonly dueAt: number }) | undefined {
    const media = fromRow(this.#due.get());
    return media?.dueAt === undefined ? undefined : { ...media, dueAt: media.dueAt };
  }

  markStored(id: MediaId, contentType: string, bytes: number): void {
    this.#stored.run({ id, contentType, bytes });
  }

  postpone(id: MediaId, dueAt: number, problem: string): void {
    this.#postpone.run({ id, dueAt, problem });
  }

  markLost(id: MediaId, problem: string): void {
    this.#lost.run({ id, problem });
  }

  /** Unsent uploads. */
  orphansBefore(time: number): readonly MediaItem[] {
    return this.#orphans.all(time).flatMap((row) => fromRow(row) ?? []);
  }

  /** The clock was set: due times, tokens and orphans keep their distance from now. */
  shiftDueTimes(byMs: number): void {
    this.#shiftDueTimes.run({ byMs });
  }

  delete(id: MediaId): void {
    this.#delete.run(id);
  }
}

function fromRow(row: Row | undefined): MediaItem | undefined {
  if (row === undefined) return undefined;
  return {
    id: row.id,
    messageId: row.message_id ?? undefined,
    position: row.position,
    state: row.state,
    sourceUrl: row.source_url ?? undefined,
    contentType: row.content_type ?? undefined,
    bytes: row.bytes ?? undefined,
    uploadedBy: row.uploaded_by ?? undefined,
    token: row.token ?? undefined,
    tokenUntil: row.token_until ?? undefined,
    attempts: row.attempts,
    dueAt: row.due_at ?? undefined,
    problem: row.problem ?? undefined,
    createdAt: row.created_at,
  };
}
