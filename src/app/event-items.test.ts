import { expect, it } from 'vitest';
import type { Route } from '#contract/endpoint.ts';
import { eventItems } from './event-items.ts';

/** Of a call whose SIP leg still goes on where the network has said that it is over: both know it. */
const routes = ['getCall', 'getCallRecord'].map((id) => ({
  endpoint: { id, reply: { parse: (reply: unknown) => reply } },
  run: () => ({ from: id }),
})) as unknown as Route[];
const itemOf = eventItems(() => routes);

it.each([
  ['call.started', 'getCall'],
  ['call.ended', 'getCallRecord'],
] as const)('what %s is about is read from %s', async (event, from) => {
  expect(await itemOf(event, { callId: 'call_1' })).toEqual({ from });
});

it('a call that is over is told with its record where nothing goes on any more', async () => {
  const ended = routes.map((route) => ({
    ...route,
    run: () => (route.endpoint.id === 'getCall' ? Promise.reject(new Error('No such call')) : { from: route.endpoint.id }),
  })) as unknown as Route[];
  expect(await eventItems(() => ended)('call.answered', { callId: 'call_1' })).toEqual({ from: 'getCallRecord' });
});
