import { expect, test } from 'vitest';
import { Events } from '#base/events.ts';
import { createLog } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import { Metrics } from './metrics.ts';

test('the figures are those of the house, and its calls are counted from the first request on', async () => {
  const events = new Events<Facts>(createLog({ level: 'silent' }));
  let registrations = 3;
  const metrics = new Metrics({
    events,
    registrations: () => registrations,
    callsInProgress: () => 2,
    outbox: () => new Map([['sms', { waiting: 4, attempting: 1, doubtful: 0 }]]),
    notifications: () => [
      { channel: 'mail', state: 'delivered', count: 3 },
      { channel: 'gotify', state: 'dropped', count: 2 },
    ],
    webhookDeliveries: () => ({ delivered: 6, failed: 0, unknown: 1, dropped: 4 }),
    relayPorts: () => 8,
    webhooks: () => ({ accepted: 9, refused: 1, failed: 2 }),
    setupMs: (callId) => (callId === 'call_1' ? 30 : undefined),
  });
  const end = (callId: string) =>
    events.emit('call.ended', { callId, disposition: 'answered', reason: 'caller-hung-up' } as Facts['call.ended']);
  end('call_0');
  await metrics.text();
  registrations = 5;
  end('call_1');
  end('call_2');
  const lines = (await metrics.text()).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'gosip_registrations 5',
      'gosip_calls_in_progress 2',
      'gosip_relay_ports 8',
      'gosip_notifications_total{channel="mail",outcome="delivered"} 3',
      'gosip_notifications_dropped_total{channel="gotify"} 2',
      'gosip_webhook_deliveries_total{outcome="delivered"} 6',
      'gosip_webhook_deliveries_total{outcome="failed"} 0',
      'gosip_webhook_deliveries_total{outcome="dropped"} 4',
      'gosip_outbox{kind="sms",state="waiting"} 4',
      'gosip_webhooks{outcome="failed"} 2',
      'gosip_calls_total{disposition="answered",reason="caller-hung-up"} 2',
      'gosip_call_setup_seconds_bucket{le="0.02"} 0',
      'gosip_call_setup_seconds_bucket{le="0.05"} 1',
      'gosip_call_setup_seconds_count 1',
    ]),
  );
  expect(lines.some((line) => line.startsWith('nodejs_eventloop_lag_p99_seconds '))).toBe(true);
  expect(lines.some((line) => line.startsWith('process_resident_memory_bytes '))).toBe(true);
});
