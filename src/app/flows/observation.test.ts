import { expect, test } from 'vitest';
import { House } from '#testing/harness/house.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

test('an admin sees figures, log, alerts and options of the running house', async () => {
  await using house = await House.start({ environment: { GOSIP_LOG_LEVEL: 'info', GOSIP_COUNTRY: 'CA' } });
  const { username, password } = await house.addDevice('21');
  await using phone = await SimulatedPhone.start({ address: house.address, username, password, registrar: house.registrar });
  expect(await phone.register()).toBe(200);
  const response = await fetch(`http://${house.address}:${house.httpPort}/api/system/metrics`, {
    headers: { authorization: `Bearer ${house.token}` },
  });
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await response.text()).toMatch(/^gosip_registrations 1$/m);
  const { lines } = await house.api<{ lines: { message: string; room: string | null }[] }>('GET', '/system/logs?limit=50');
  expect(lines).toContainEqual(expect.objectContaining({ message: 'GoSIP is ready' }));
  expect(await house.api('GET', '/system/alerts')).toEqual({ open: expect.any(Array), past: [] });
  const config = await house.api('GET', '/system/config');
  expect(config).toMatchObject({ nodeVersion: process.versions.node, options: { house: { country: 'CA' } } });
});
