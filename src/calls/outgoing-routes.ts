import { isoTime } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import { allowDestination, forbidDestination, getOutgoing } from '#contract/outgoing.ts';
import { isCountry } from '#numbers/destination.ts';
import type { TollFraudGuard } from './toll-fraud-guard.ts';
import type { AllowedDestination } from './outgoing-store.ts';

export function outgoingRoutes(tollFraudGuard: TollFraudGuard): readonly Route[] {
  return [
    handle(getOutgoing, () => ({
      limits: tollFraudGuard.limits,
      home: [...tollFraudGuard.home],
      allowed: tollFraudGuard.allowed.map(toReply),
      refused: tollFraudGuard.recentRefusals.map(({ destination, at, ...rest }) => ({
        ...rest,
        destination: destination ?? null,
        at: isoTime(at),
      })),
    })),
    handle(allowDestination, async ({ params: { destination } }) => {
      if (/^[A-Z]{2}$/.test(destination) && !isCountry(destination)) {
        const details = [{ field: 'destination', message: 'is no country' }];
        throw new AppError('invalid', `There is no country ${destination}`, { details });
      }
      return toReply(await tollFraudGuard.allow(destination));
    }),
    handle(forbidDestination, async ({ params: { destination } }) => {
      if (!(await tollFraudGuard.forbid(destination))) throw new AppError('not-found', `${destination} was not allowed`);
    }),
  ];
}

function toReply({ destination, because, allowedAt }: AllowedDestination) {
  return { destination, because, allowedAt: isoTime(allowedAt) };
}
