import { expect, it } from 'vitest';
import { Notices } from './notices.ts';

type Registration = ConstructorParameters<typeof Notices>[0];

/** As Chromium is: what begins to be shown while others are looked for is on the screen, and not to be found. */
function browser() {
  const found = new Map<string, () => void>();
  const screen: string[] = [];
  let looking = 0;
  const later = () => new Promise((resolve) => setImmediate(resolve));
  const registration = {
    async showNotification(title: string, { tag = '' } = {}) {
      if (title === '') throw new TypeError('No permission');
      const isForgotten = looking > 0;
      await later();
      screen.push(tag);
      if (!isForgotten) found.set(tag, () => screen.splice(screen.indexOf(tag), 1));
    },
    async getNotifications({ tag = '' } = {}) {
      looking += 1;
      await later();
      looking -= 1;
      const close = found.get(tag);
      return close === undefined ? [] : [{ close }];
    },
  };
  return { notices: new Notices(registration as unknown as Registration), screen };
}

it('a call that is told of while the one before it is taken off the screen can be taken off too', async () => {
  const { notices, screen } = browser();
  await notices.show('Mum calls', { tag: 'call:1' });
  await Promise.all([notices.close('call:1'), notices.show('Dad calls', { tag: 'call:2' })]);
  expect(screen).toEqual(['call:2']);
  await notices.close('call:2');
  expect(screen).toEqual([]);
});

it('what may not be shown holds up nothing that comes after it', async () => {
  const { notices, screen } = browser();
  await expect(notices.show('', { tag: 'call:1' })).rejects.toThrow('No permission');
  await notices.show('Dad calls', { tag: 'call:2' });
  expect(screen).toEqual(['call:2']);
});
