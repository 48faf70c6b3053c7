import { describe, expect, it } from 'vitest';
import { pushState } from './browser-push-state.ts';
import type { BrowserFacts, HouseFacts } from './browser-push-state.ts';
import type { Target } from './notification-data.ts';

const target = { id: 'tgt_1', problem: null } as Target;
const mine = { targetId: 'tgt_1', personId: 'anna' };
const browser: BrowserFacts = {
  isSecure: true,
  canPush: true,
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36',
  touchPoints: 0,
  permission: 'granted',
  subscribedKey: 'key',
  signUp: mine,
};
const house: HouseFacts = { personId: 'anna', targets: [target], publicKey: 'key', problem: null };
const none = { subscribedKey: undefined, signUp: undefined };
const without = { canPush: false, permission: 'unsupported' } as const;
const ipad = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/19.1 Safari/605.1.15';

describe('notifications in this browser', () => {
  it.each<[string, Partial<BrowserFacts>, Partial<HouseFacts>, object]>([
    ['arrive', {}, {}, { kind: 'on', target }],
    ['can be switched on before anything was asked', { ...none, permission: 'default' }, { targets: [] }, { kind: 'off' }],
    ['can be switched on where all that was kept is gone', { signUp: undefined }, {}, { kind: 'off' }],
    [
      'are to be allowed again where the permission was reset',
      { permission: 'default', subscribedKey: undefined },
      {},
      { kind: 'off' },
    ],
    ['are blocked, whoever signed up', { permission: 'denied' }, {}, { kind: 'denied' }],
    ['need another subscription where the house has another key', {}, { publicKey: 'other' }, { kind: 'stale', target }],
    ['need another one where the browser lost it', { subscribedKey: undefined }, {}, { kind: 'stale', target }],
    [
      'need another one where nothing arrives at it',
      {},
      { targets: [{ ...target, problem: 'target-gone' }] },
      { kind: 'stale', target: { ...target, problem: 'target-gone' } },
    ],
    ['are not wanted any more where the target was removed', {}, { targets: [] }, { kind: 'removed' }],
    ['are somebody else’s', { signUp: { ...mine, personId: 'ben' } }, { targets: [] }, { kind: 'somebody-else' }],
    [
      'are nobody’s after the other one’s ended',
      { signUp: { ...mine, personId: 'ben' }, subscribedKey: undefined },
      {},
      { kind: 'off' },
    ],
    ['wait for the house', none, { publicKey: null, problem: 'secret-locked' }, { kind: 'not-now', problem: 'secret-locked' }],
    ['need https', { ...none, ...without, isSecure: false }, {}, { kind: 'unsupported', why: 'insecure' }],
    [
      'need the home screen on an iPad',
      { ...none, ...without, userAgent: ipad, touchPoints: 5 },
      {},
      { kind: 'unsupported', why: 'ios' },
    ],
    [
      'are not there in an old Safari of a Mac',
      { ...none, ...without, userAgent: ipad },
      {},
      { kind: 'unsupported', why: 'browser' },
    ],
    [
      'are Home Assistant’s in its app',
      { ...none, ...without, isSecure: false, userAgent: 'Home Assistant/2026.11.1 (Android 16)' },
      {},
      { kind: 'unsupported', why: 'home-assistant' },
    ],
  ])('%s', (_what, browserChange, houseChange, state) => {
    expect(pushState({ ...browser, ...browserChange }, { ...house, ...houseChange })).toEqual(state);
  });
});
