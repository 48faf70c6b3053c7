import type { OpenedDatabase } from '#storage/database.ts';

type Row = { readonly token_hash: Buffer | null; readonly closed_at: number | null };

/** `new`: it was never looked at. */
export type SetupState = { readonly kind: 'new' | 'closed' } | { readonly kind: 'open'; readonly tokenHash: Buffer };

/** The table `first_setup`. */
export class FirstSetupStore {
  readonly #get;
  readonly #open;
  readonly #close;

  constructor(db: OpenedDatabase['db']) {
    this.#get = db.prepare<[], Row>('SELECT token_hash, closed_at FROM first_setup');
    this.#open = db.prepare<[Buffer]>(
      `INSERT INTO first_setup (id, token_hash) VALUES (1, ?)
        ON CONFLICT (id) DO UPDATE SET token_hash = excluded.token_hash WHERE closed_at IS NULL`,
    );
    this.#close = db.prepare<[number]>(
      `INSERT INTO first_setup (id, closed_at) VALUES (1, ?)
        ON CONFLICT (id) DO UPDATE SET token_hash = NULL, closed_at = excluded.closed_at WHERE closed_at IS NULL`,
    );
  }

  state(): SetupState {
    const row = this.#get.get();
    if (row === undefined) return { kind: 'new' };
    return row.token_hash === null ? { kind: 'closed' } : { kind: 'open', tokenHash: row.token_hash };
  }

  /** Does nothing where it is closed. */
  open(tokenHash: Buffer): void {
    this.#open.run(tokenHash);
  }

  close(now: number): void {
    this.#close.run(now);
  }
}
