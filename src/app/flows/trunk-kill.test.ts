import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seededRandom } from '#testing/base/seeded-random.ts';
import { House } from '#testing/harness/house.ts';
import { TrunkRegistrar } from '#testing/peers/trunk-registrar.ts';

// The real process is killed at random moments while its trunk moves to and fro between two providers, each with its own account.
const rounds = 8;
const environment = { GOSIP_COUNTRY: 'DE', GOSIP_MEDIA: 'direct' };
const accounts = [
  { username: 'house-42', password: 'trunk-secret' },
  { username: 'house-7', password: 'another-secret' },
];

type Trunk = { readonly id: string; readonly name: string; readonly state: { readonly kind: string } };

/** What the trunk is after the `nth` change: at one provider after an even one, at the other after an odd one. */
function wayOf(nth: number, registrars: readonly TrunkRegistrar[]) {
  const isEven = nth % 2 === 0;
  const { address: host, port } = registrars[nth % 2]!;
  const { username, password } = accounts[nth % 2]!;
  const numbers = [isEven ? '+4930111111' : '+4930222222'];
  const shown = { name: `After ${nth}`, host, port, username, numbers, calledForm: isEven ? 'plus' : 'national' };
  return { shown, asked: { ...shown, password } };
}

test('kill -9 while a trunk is changed leaves it as it was before or after, registered accordingly, and never half of each', async () => {
  await using one = await TrunkRegistrar.start({ address: '127.0.0.73', ...accounts[0]! });
  await using other = await TrunkRegistrar.start({ address: '127.0.0.74', ...accounts[1]! });
  const registrars = [one, other];
  const way = (nth: number) => wayOf(nth, registrars);
  const random = seededRandom(7);
  const dataDirectory = mkdtempSync(join(tmpdir(), 'gosip-trunk-kill-'));
  let house = await House.start({ dataDirectory, environment });
  const { token, sipPort } = house;
  try {
    const { id } = await house.api<Trunk>('POST', '/trunks', { ...way(0).asked, register: true });
    const kept = () => house.api<Trunk>('GET', `/trunks/${id}`);
    let acknowledged = 0;
    for (let round = 0; round < rounds; round += 1) {
      const { program } = house;
      let isKilled = false;
      const killing = setTimeout(() => (isKilled = process.kill(program.pid, 'SIGKILL')), 5 + random(120));
      while (!isKilled) {
        try {
          await house.api('PATCH', `/trunks/${id}`, way(acknowledged + 1).asked);
          acknowledged += 1;
        } catch (error) {
          // Whatever fails because of the kill is no failure, anything else is.
          if (!isKilled) throw error;
        }
      }
      clearTimeout(killing);
      await program.ended;
      house = await House.start({ dataDirectory, token, sipPort, environment });
      const { name } = await kept();
      // What was acknowledged is there, or what was under way.
      expect([`After ${acknowledged}`, `After ${acknowledged + 1}`]).toContain(name);
      acknowledged = Number(name.split(' ')[1]);
      await expect.poll(async () => (await kept()).state.kind, { timeout: 30_000 }).toBe('registered');
      expect(await kept()).toMatchObject(way(acknowledged).shown);
      expect(registrars[acknowledged % 2]?.contacts.size).toBe(1);
    }
    expect(acknowledged).toBeGreaterThan(rounds);
  } finally {
    await house[Symbol.asyncDispose]();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}, 240_000);
