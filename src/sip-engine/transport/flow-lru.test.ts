import { expect, test } from 'vitest';
import { FlowLru } from './flow-lru.ts';

test('a flow in use stays while thousands of forged peers pass, and the table stays small', () => {
  const flows = new FlowLru<{ remoteAddress: string; remotePort: number }>(100);
  const phone = { remoteAddress: '192.0.2.1', remotePort: 5060 };
  flows.set(phone);
  for (let index = 1; index <= 10_000; index += 1) {
    flows.set({ remoteAddress: '198.51.100.1', remotePort: index });
    if (index % 40 === 0) expect(flows.get('192.0.2.1', 5060)).toBe(phone);
  }
  expect(flows.size).toBeLessThanOrEqual(100);
  expect(flows.get('198.51.100.1', 1)).toBeUndefined();
  expect(flows.get('198.51.100.1', 10_000)).toBeDefined();
  flows.clear();
  expect(flows.size).toBe(0);
});
