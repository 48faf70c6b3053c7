import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock, Timer } from '#base/clock.ts';
import type { SrfConnection } from '#sip/dialog/srf-connection.ts';
import type { SrfResponse } from '#sip/message/srf-types.ts';
import { failureOf } from './registration.ts';
import { kindOfFailure } from './status.ts';
import type { TrunkStatus } from './status.ts';

export type ProbeDeps = {
  readonly connection: Pick<SrfConnection, 'send'>;
  readonly clock: Clock;
  readonly onStatus: (status: TrunkStatus) => void;
};
export type ProbeOptions = { readonly uri: string; readonly proxy: string | undefined; readonly everySeconds: number };

/** Asks a trunk with which we do not register whether it is there; whatever it responds, it is. */
export class TrunkProbe {
  readonly #deps: ProbeDeps;
  readonly #options: ProbeOptions;
  #timer: Timer | undefined;
  #status: TrunkStatus;

  constructor(deps: ProbeDeps, options: ProbeOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#status = { kind: 'ready', since: deps.clock.now() };
  }

  get isReachable(): boolean {
    return this.#status.kind === 'ready';
  }

  get status(): TrunkStatus {
    return this.#status;
  }

  start(): void {
    this.#timer?.cancel();
    this.#timer = this.#deps.clock.every(this.#options.everySeconds * 1000, () => this.#ask());
    this.#ask();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #ask(): void {
    sendOptions(this.#deps.connection, this.#options, (response) => {
      if (this.#timer === undefined || response === undefined) return;
      const failure = failureOf(response);
      const kind = failure === undefined || !failure.isOurs ? 'ready' : kindOfFailure(failure);
      if (kind === this.#status.kind) return;
      this.#status = { kind, since: this.#deps.clock.now() };
      this.#deps.onStatus(this.#status);
    });
  }
}

/** `done` gets the final response, undefined where the request was not sent. */
export function sendOptions(
  connection: Pick<SrfConnection, 'send'>,
  { uri, proxy }: Pick<ProbeOptions, 'uri' | 'proxy'>,
  done: (response: SrfResponse | undefined) => void,
): void {
  const headers = {
    From: `<sip:ping@localhost>;tag=${randomBytes(8).toString('hex')}`,
    To: `<${uri}>`,
    'Call-ID': randomUUID(),
    'User-Agent': 'GoSIP',
  };
  connection.send(
    { method: 'OPTIONS', uri, ...(proxy === undefined ? {} : { proxy }), headers },
    {
      failed: () => done(undefined),
      response: (response) => {
        if (response.status >= 200) done(response);
      },
    },
  );
}
