// Owns the figures for Prometheus: what the house counts about itself.
// Called by observation-routes.ts; app hands in where each figure is.
// Must stay true: nothing is loaded or counted before somebody asks; no figure names a person, a phone or a number.
import type { Histogram, Registry } from 'prom-client';
import type { Events } from '#base/events.ts';
import type { Facts } from '#contract/facts.ts';

export type MetricsDeps = {
  readonly events: Events<Facts>;
  /** Figures of this moment. */
  readonly registrations: () => number;
  readonly callsInProgress: () => number;
  /** Requests to services outside that are not done, by kind and by what they wait for. */
  readonly outbox: () => ReadonlyMap<string, Readonly<Record<'waiting' | 'attempting' | 'doubtful', number>>>;
  readonly relayPorts: () => number;
  /** Deliveries that ended since the start, by channel and by how. */
  readonly notifications: () => readonly { readonly channel: string; readonly state: string; readonly count: number }[];
  /** Deliveries of webhooks that ended since the start, by how. */
  readonly webhookDeliveries: () => Readonly<Record<string, number>>;
  readonly webhooks: () => { readonly accepted: number; readonly refused: number; readonly failed: number };
  /** From the first request of a call to the first ring, in milliseconds; undefined where nothing rang. */
  readonly setupMs: (callId: string) => number | undefined;
};

const setupBuckets = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

export class Metrics {
  readonly #deps: MetricsDeps;
  #registry: Promise<Registry> | undefined;

  constructor(deps: MetricsDeps) {
    this.#deps = deps;
  }

  /** In the text format of Prometheus. */
  async text(): Promise<string> {
    this.#registry ??= this.#open();
    return (await this.#registry).metrics();
  }

  async #open(): Promise<Registry> {
    const { Registry, Gauge, Counter, Histogram, collectDefaultMetrics } = await import('prom-client');
    const registry = new Registry();
    const registers = [registry];
    // Event loop and memory.
    collectDefaultMetrics({ register: registry });
    const { registrations, callsInProgress, outbox, relayPorts, webhooks, notifications, webhookDeliveries, events } = this.#deps;
    const gauge = (name: string, help: string, value: () => number) =>
      new Gauge({
        name: `gosip_${name}`,
        help,
        registers,
        collect() {
          this.set(value());
        },
      });
    gauge('registrations', 'Places where phones can be reached now', registrations);
    gauge('calls_in_progress', 'Calls that ring or go on', callsInProgress);
    gauge('relay_ports', 'UDP ports of the media relay in use', relayPorts);
    new Gauge({
      name: 'gosip_outbox',
      help: 'Requests to services outside that are not done',
      labelNames: ['kind', 'state'],
      registers,
      collect() {
        // Kinds without any are missing.
        this.reset();
        for (const [kind, counts] of outbox())
          for (const [state, count] of Object.entries(counts)) this.set({ kind, state }, count);
      },
    });
    new Gauge({
      name: 'gosip_webhooks',
      help: 'Webhook requests since the start, by what became of them',
      labelNames: ['outcome'],
      registers,
      collect() {
        for (const [outcome, count] of Object.entries(webhooks())) this.set({ outcome }, count);
      },
    });
    new Counter({
      name: 'gosip_notifications_total',
      help: 'Notifications to one target each, by channel and by how they ended',
      labelNames: ['channel', 'outcome'],
      registers,
      collect() {
        this.reset();
        for (const { channel, state, count } of notifications()) this.inc({ channel, outcome: state }, count);
      },
    });
    new Counter({
      name: 'gosip_notifications_dropped_total',
      help: 'Notifications that were given up in silence',
      labelNames: ['channel'],
      registers,
      collect() {
        this.reset();
        for (const { channel, count } of notifications().filter(({ state }) => state === 'dropped')) this.inc({ channel }, count);
      },
    });
    new Counter({
      name: 'gosip_webhook_deliveries_total',
      help: 'Events told to one destination of webhooks each, by how that ended',
      labelNames: ['outcome'],
      registers,
      collect() {
        this.reset();
        for (const [outcome, count] of Object.entries(webhookDeliveries())) this.inc({ outcome }, count);
      },
    });
    const calls = new Counter({
      name: 'gosip_calls_total',
      help: 'Calls that ended',
      labelNames: ['disposition', 'reason'],
      registers,
    });
    const setup = new Histogram({
      name: 'gosip_call_setup_seconds',
      help: 'From the first request of a call to the first ring',
      buckets: setupBuckets,
      registers,
    });
    events.on('call.ended', ({ callId, disposition, reason }) => {
      calls.inc({ disposition, reason });
      this.#observe(setup, callId);
    });
    return registry;
  }

  #observe(setup: Histogram, callId: string): void {
    const ms = this.#deps.setupMs(callId);
    if (ms !== undefined) setup.observe(ms / 1000);
  }
}
