import { bindEntity, entity, exchange } from '#contract/entity.ts';
import type { Entity } from '#contract/entity.ts';
import type { AccountHealth } from './account-watch.ts';

export const twilioConnected = entity({
  of: 'exchange',
  component: 'binary_sensor',
  key: 'twilio',
  name: { en: 'Twilio', de: 'Twilio', fr: 'Twilio', es: 'Twilio', nl: 'Twilio' },
  deviceClass: 'connectivity',
  category: 'diagnostic',
});

export type TwilioEntityDeps = {
  readonly isSetUp: () => boolean;
  readonly health: () => AccountHealth;
  /** Whether calls get to and fro; also where no trunk is wanted. */
  readonly isTrunkReady: () => boolean;
  /** Why what is to be sent is not. */
  readonly outboxProblem: () => string | undefined;
};

/** A registration comes and goes without a fact. */
const pollSeconds = 15;

export function twilioEntities({ isSetUp, health, isTrunkReady, outboxProblem }: TwilioEntityDeps): readonly Entity[] {
  const ofExchange = () => exchange.id;
  const isConnected = () => health().status !== 'down' && isTrunkReady() && outboxProblem() === undefined;
  return [
    bindEntity(twilioConnected, {
      owners: () => [exchange],
      state: () => (isSetUp() ? isConnected() : undefined),
      changedBy: { 'outbox.failing': ofExchange, 'outbox.recovered': ofExchange },
      pollSeconds,
    }),
  ];
}
