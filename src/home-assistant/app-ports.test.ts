import { expect, it } from 'vitest';
import { listenByNetwork } from './app-ports.ts';

it.each([
  [{ '5060/udp': 5060, '5060/tcp': 5060 }, ['udp:0.0.0.0:5060', 'tcp:0.0.0.0:5060']],
  [{ '5060/udp': 5062, '5060/tcp': null }, ['udp:0.0.0.0:5062']],
  [{ '5060/tcp': 5070, '8080/tcp': 80 }, ['tcp:0.0.0.0:5070']],
  [{ '5060/udp': null, '5060/tcp': null }, undefined],
  [{}, undefined],
] as const)('the ports of the app’s page %j are where phones reach us', (network, listen) => {
  expect(listenByNetwork(network)).toEqual(listen);
});
