import { bindEntity, entity, exchange } from '#contract/entity.ts';
import type { Entity } from '#contract/entity.ts';
import type { HealthStatus } from '#contract/system.ts';

export const problem = entity({
  of: 'exchange',
  component: 'binary_sensor',
  key: 'problem',
  name: { en: 'Problem', de: 'Problem', fr: 'Problème', es: 'Problema', nl: 'Probleem' },
  deviceClass: 'problem',
  category: 'diagnostic',
});

const pollSeconds = 60;

export function systemEntities(health: { report(): Promise<{ readonly status: HealthStatus }> }): readonly Entity[] {
  const ofExchange = () => exchange.id;
  return [
    bindEntity(problem, {
      owners: () => [exchange],
      state: async () => (await health.report()).status !== 'ok',
      changedBy: {
        'storage.failed': ofExchange,
        'storage.recovered': ofExchange,
        'outbox.failing': ofExchange,
        'outbox.recovered': ofExchange,
        'recording.suspended': ofExchange,
        'recording.resumed': ofExchange,
        'outgoing.refused': ofExchange,
        'device.brute-forced': ofExchange,
      },
      // Most parts of health change without a fact.
      pollSeconds,
    }),
  ];
}
