// What app.ts makes first, and every compose function is given.
// Used by app.ts and those functions.
// Must stay true: types alone; nothing is made here.
import type { Clock } from '#base/clock.ts';
import type { HouseClock } from '#base/house-clock.ts';
import type { Events } from '#base/events.ts';
import type { NewId } from '#base/ids.ts';
import type { Log, LogOptions } from '#base/log.ts';
import type { Alert } from '#contract/alert.ts';
import type { Route } from '#contract/endpoint.ts';
import type { Command } from '#contract/command.ts';
import type { Entity } from '#contract/entity.ts';
import type { Facts } from '#contract/facts.ts';
import type { Probes } from '#contract/system.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { Options } from '#options/options.ts';

/** What tests and the command line put in place of the real thing. */
export type Overrides = {
  readonly clock?: Clock;
  readonly newId?: NewId;
  readonly log?: Log;
  /** What runs on the engine's thread. */
  readonly engineThread?: URL;
  /** Where the log goes rather than to the terminal. */
  readonly logDestination?: LogOptions['destination'];
  /** A reply that breaks the contract is an error instead of a line in the log. */
  readonly isReplyStrict?: boolean;
  /** Make the first admin token anew, because it was lost. */
  readonly wantsNewAdminToken?: boolean;
  /** In place of the Supervisor: where it answers, and the address that its requests to us come from. */
  readonly supervisor?: { readonly url: string; readonly address: string };
  /** In place of every push service of browsers: where it answers. */
  readonly pushService?: { readonly url: string };
  /** Begins the whole process anew. */
  readonly restart?: () => void;
};

export type AppContext = {
  readonly options: Options;
  readonly overrides: Overrides;
  readonly clock: Clock;
  /** Called when the machine's clock is set; what keeps times of it moves them along. */
  readonly onClockStep: HouseClock['onStep'];
  readonly newId: NewId;
  /** The root: each part makes its own child. */
  readonly log: Log;
  readonly events: Events<Facts>;
  /** What is put here stops in reverse order. */
  readonly stack: AsyncDisposableStack;
  /** What the person who runs the house must know at the start. */
  readonly warnings: string[];
};

/** All that a room declares; every compose function returns its room's. */
export type RoomFace = {
  readonly routes: readonly Route[];
  readonly entities: readonly Entity[];
  readonly commands: readonly Command[];
  readonly alerts: readonly Alert[];
  readonly probes: Probes;
};

export type Storage = OpenedDatabase & {
  readonly writes: WriteBatch;
  /** Whether the file with the database's name is still the open one. */
  readonly isOriginalFile: () => boolean;
  /** They were saved on an earlier day: what waits to be sent in them may have been sent since. */
  readonly isRestored: boolean;
  readonly face: RoomFace;
};
