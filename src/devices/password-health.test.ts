import { expect, test } from 'vitest';
import { passwordHealth } from './password-health.ts';

test('passwords are well while none is guessed', () => {
  expect(passwordHealth([])).toEqual({ status: 'ok', message: 'No password of a phone is being guessed' });
});

test('health names every phone whose password is guessed, and what to do', () => {
  const { status, message } = passwordHealth([
    { name: 'Hall', tries: 24, sources: 12 },
    { name: 'Desk', tries: 30, sources: 3 },
  ]);
  expect(status).toBe('degraded');
  expect(message).toContain('Hall (24 tries from 12 addresses), Desk (30 tries from 3 addresses)');
  expect(message).toContain('close the SIP port at the router');
});
