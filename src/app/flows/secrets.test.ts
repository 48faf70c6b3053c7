import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { House } from '#testing/harness/house.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

test('no token, password or key is in what the house prints, however much it prints', async () => {
  const trunk = { name: 'out', host: '127.0.0.1', username: 'house', password: 'secret-of-the-trunk', register: true };
  await using house = await House.start({ environment: { GOSIP_LOG_LEVEL: 'trace' }, trunks: [trunk] });
  const hall = await house.addDevice('21');
  const { token } = await house.api<{ token: string }>('POST', '/api-tokens', { name: 'For a script', role: 'user' });
  const guessed = 'gosip_a-token-that-somebody-guessed';
  const ask = (credential: string, query = '') =>
    fetch(`http://${house.address}:${house.httpPort}/api/devices${query}`, {
      headers: { authorization: `Bearer ${credential}` },
    });
  expect([(await ask(guessed)).status, (await ask(guessed, `?token=${token}`)).status]).toEqual([401, 401]);
  const { username, password } = hall;
  await using phone = await SimulatedPhone.start({ address: house.address, username, password, registrar: house.registrar });
  expect(await phone.register()).toBe(200);
  await using thief = await SimulatedPhone.start({
    address: house.address,
    username,
    password: 'guessed-password',
    registrar: house.registrar,
  });
  expect(await thief.register()).toBe(401);
  const key = readFileSync(join(house.dataDirectory, 'gosip.key'), 'latin1').trim();
  await house.program.stop();
  const printed = house.program.output();
  expect(printed.length).toBeGreaterThan(1000);
  const secrets = { admin: house.token, token, guessed, password, trunk: trunk.password, thief: 'guessed-password', key };
  expect(Object.entries(secrets).flatMap(([name, secret]) => (printed.includes(secret) ? [name] : []))).toEqual([]);
});
