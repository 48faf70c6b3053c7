import { describe, expect, it } from 'vitest';
import { PasswordHasher } from './password-hasher.ts';

/** bcrypt that is done when a test says so. */
function fakeBcrypt() {
  const running: { readonly password: string; readonly hash: string; readonly end: (isSame: boolean) => void }[] = [];
  const verify = (password: unknown, hash: unknown) =>
    new Promise<boolean>((end) => {
      running.push({ password: String(password), hash: String(hash), end });
    });
  return { running, load: async () => ({ hash: () => Promise.reject(new Error('Not asked for')), verify }) };
}

const turns = () => new Promise((resolve) => setImmediate(resolve));

describe('the hashes of passwords', () => {
  it('tell the password apart from every other one', async () => {
    const hasher = new PasswordHasher();
    const hash = await hasher.hash('kranich87zaun');
    expect(await Promise.all([hasher.verify('kranich87zaun', hash), hasher.verify('kranich87zauN', hash)])).toEqual([
      true,
      false,
    ]);
  });

  it('are not the password of anybody where there is none, and cost as much', async () => {
    const { running, load } = fakeBcrypt();
    const nobody = new PasswordHasher(load).verify('anything', undefined);
    await turns();
    const compared = running[0]?.hash ?? '';
    running[0]?.end(true);
    expect(await nobody).toBe(false);
    const made = await new PasswordHasher().hash('kranich87zaun');
    expect([compared.length, compared.slice(0, 7)]).toEqual([made.length, made.slice(0, 7)]);
  });

  it('are compared two at a time, in turn, so that files and names are still read', async () => {
    const { running, load } = fakeBcrypt();
    const hasher = new PasswordHasher(load);
    const done: string[] = [];
    const all = ['a', 'b', 'c', 'd'].map(async (one) => hasher.verify(one, 'hash').then(() => done.push(one)));
    await turns();
    expect(running.map(({ password }) => password)).toEqual(['a', 'b']);
    running[0]?.end(true);
    await turns();
    expect([done, running.map(({ password }) => password)]).toEqual([['a'], ['a', 'b', 'c']]);
    for (let next = 1; next < 4; next += 1) {
      running[next]?.end(false);
      await turns();
    }
    await Promise.all(all);
    expect(done).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are refused where too many wait, and made again once they are through', async () => {
    const { running, load } = fakeBcrypt();
    const hasher = new PasswordHasher(load);
    const waiting = Array.from({ length: 32 }, () => hasher.verify('x', 'hash'));
    await expect(hasher.verify('x', 'hash')).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 5 });
    for (let next = 0; next < 32; next += 1) {
      await turns();
      running[next]?.end(true);
    }
    expect(await Promise.all(waiting)).toHaveLength(32);
    const again = hasher.verify('x', 'hash');
    await turns();
    running[32]?.end(true);
    expect(await again).toBe(true);
  });
});
