// Owns how the connection to the broker is: for the log, for health and for alerts.
// Called by app/home-assistant.ts; the connection tells it every change.
// Must stay true: one line of the log for each outage, however often it is tried again.
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { ActiveAlert } from '#contract/alert.ts';
import type { PartHealth } from '#contract/system.ts';
import { describeBroker } from './broker.ts';
import { connectionHealth } from './connection-state.ts';
import type { ConnectionState } from './connection-state.ts';

/** A broker that restarts, or updates itself at night, is nothing to tell anybody. */
const alertAfterMs = 5 * 60_000;

export class ConnectionWatch {
  readonly #clock: Clock;
  readonly #log: Log;
  #state: ConnectionState = { kind: 'no-broker' };
  /** Of the outage; monotonic. */
  #since: number | undefined;
  #logged = '';

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#clock = clock;
    this.#log = log;
  }

  changed(state: ConnectionState): void {
    // A try after a failure does not make it better.
    if (state.kind === 'connecting' && this.#since !== undefined) return;
    this.#state = state;
    if (state.kind === 'refused' || state.kind === 'unreachable') {
      this.#since ??= this.#clock.monotonic();
      if (this.#logged !== state.message) this.#log.warn({}, state.message);
      this.#logged = state.message;
    } else if (state.kind === 'connected') {
      this.#since = undefined;
      this.#logged = '';
      this.#log.info({ broker: describeBroker(state.broker) }, 'Connected to the MQTT broker');
    }
  }

  get state(): ConnectionState['kind'] {
    return this.#state.kind;
  }

  health(): PartHealth {
    return connectionHealth(this.#state);
  }

  alerts(): readonly ActiveAlert[] {
    const state = this.#state;
    const isLong = this.#since !== undefined && this.#clock.monotonic() - this.#since >= alertAfterMs;
    if (state.kind === 'refused' || (state.kind === 'unreachable' && isLong))
      return [{ about: 'broker', message: state.message }];
    return [];
  }
}
