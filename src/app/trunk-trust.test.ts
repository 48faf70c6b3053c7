import { expect, test } from 'vitest';
import { trunkTrust } from './trunk-trust.ts';

test('the addresses of a trunk are trusted as long as it names them', () => {
  const trusted = new Set<string>();
  const trustTrunk = trunkTrust({ trust: (one) => void trusted.add(one), untrust: (one) => void trusted.delete(one) });
  trustTrunk('twilio', ['192.0.2.0/24', '198.51.100.0/24']);
  trustTrunk('twilio', ['192.0.2.0/24', '203.0.113.0/24']);
  expect([...trusted]).toEqual(['192.0.2.0/24', '203.0.113.0/24']);
  trustTrunk('provider', ['192.0.2.0/24', '198.51.100.7']);
  trustTrunk('twilio', []);
  // The other one still calls from there.
  expect([...trusted]).toEqual(['192.0.2.0/24', '198.51.100.7']);
  trustTrunk('provider', []);
  expect([...trusted]).toEqual([]);
});
