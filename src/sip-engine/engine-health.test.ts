import { expect, test } from 'vitest';
import { engineHealth } from './engine-health.ts';

const listeners = ['udp:192.0.2.5:5060', 'tcp:192.0.2.5:5060'];
const where = 'Listens on udp:192.0.2.5:5060, tcp:192.0.2.5:5060';

test.each([
  ['that runs', { isRunning: true, restarts: 0 }, 'ok', where],
  ['that crashed once', { isRunning: true, restarts: 1 }, 'ok', `${where}; restarted after a crash`],
  ['that crashed again', { isRunning: true, restarts: 2 }, 'ok', `${where}; restarted after 2 crashes`],
  ['that does not run', { isRunning: false, restarts: 1 }, 'down', 'The SIP engine crashed and is restarting'],
] as const)('health of an engine %s', (_engine, state, status, message) => {
  expect(engineHealth({ ...state, listeners, taken: [] })).toEqual({ status, message });
});

test('health of an engine one of whose ports another program holds', () => {
  const state = { isRunning: true, restarts: 0, listeners: ['tcp:192.0.2.5:5060'], taken: ['udp:192.0.2.5:5060'] };
  const message = 'Listens on tcp:192.0.2.5:5060; another program holds udp:192.0.2.5:5060';
  expect(engineHealth(state)).toEqual({ status: 'degraded', message });
});
