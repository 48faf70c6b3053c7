// The ground that app.ts lays and every *-start.ts file takes from.
// Used by app.ts and those files.
// Must stay true: types alone; nothing is made here.
import type { Clock } from '#base/clock.ts';
import type { HouseClock } from '#base/house-clock.ts';
import type { Events } from '#base/events.ts';
import type { NewId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { Health } from '#system/health.ts';
import type { Options } from '#options/options.ts';

/** What tests and the command line put in place of the real thing. */
export type Overrides = {
  readonly clock?: Clock;
  readonly newId?: NewId;
  readonly log?: Log;
  /** What runs on the engine's thread. */
  readonly engineThread?: URL;
  /** A reply that breaks the contract is an error instead of a line in the log. */
  readonly isReplyStrict?: boolean;
  /** Make the first admin token anew, for somebody who lost it. */
  readonly wantsNewAdminToken?: boolean;
};

export type AppContext = {
  readonly options: Options;
  readonly overrides: Overrides;
  readonly clock: Clock;
  /** Told when somebody sets the machine's clock; whoever keeps times of it moves them along. */
  readonly onClockStep: HouseClock['onStep'];
  readonly newId: NewId;
  /** The root: each part makes its own child. */
  readonly log: Log;
  readonly events: Events<Facts>;
  readonly health: Health;
  /** What is put here stops in reverse order. */
  readonly stack: AsyncDisposableStack;
  /** What the person who runs the house must be told at the start. */
  readonly warnings: string[];
};

export type Storage = OpenedDatabase & {
  readonly writes: WriteBatch;
  /** Whether the file that bears the database's name is still the open one. */
  readonly isOriginalFile: () => boolean;
};
