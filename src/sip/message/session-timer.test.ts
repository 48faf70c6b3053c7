import { describe, expect, it } from 'vitest';
import { timerAgreed, negotiateTimer, timerOffer } from './session-timer.ts';

describe('the answer to a session timer', () => {
  it.each([
    [{}, 1800, { 'Session-Expires': '1800;refresher=uas' }, '1800;refresher=uac'],
    [{ supported: 'timer' }, 1800, { 'Session-Expires': '1800;refresher=uac', Require: 'timer' }, '1800;refresher=uas'],
    [
      { supported: 'timer', 'min-se': '3600' },
      1800,
      { 'Session-Expires': '3600;refresher=uac', Require: 'timer' },
      '3600;refresher=uas',
    ],
    [
      { 'session-expires': '600;refresher=uac' },
      0,
      { 'Session-Expires': '600;refresher=uac', Require: 'timer' },
      '600;refresher=uas',
    ],
    [{ 'session-expires': '600;refresher=uas' }, 1800, { 'Session-Expires': '600;refresher=uas' }, '600;refresher=uac'],
    [
      { 'session-expires': '600', supported: 'timer' },
      1800,
      { 'Session-Expires': '600;refresher=uac', Require: 'timer' },
      '600;refresher=uas',
    ],
  ])('to %j with %i s of ours', (request, seconds, headers, ownSessionExpires) => {
    expect(negotiateTimer(request as Record<string, string>, seconds)).toEqual({ kind: 'agreed', headers, ownSessionExpires });
  });

  it('refuses an interval that is too small, and sets none where neither side asks for one', () => {
    expect(negotiateTimer({ 'session-expires': '89' }, 1800)).toEqual({ kind: 'too-small', minSeconds: 90 });
    expect(negotiateTimer({}, 0)).toEqual({ kind: 'none' });
  });

  it('is read from the response to our own offer', () => {
    expect(timerOffer(1800)).toEqual({ 'Session-Expires': '1800', 'Min-SE': '90' });
    expect(timerOffer(1800, 3600)).toEqual({ 'Session-Expires': '3600', 'Min-SE': '3600' });
    expect(timerOffer(0)).toEqual({});
    expect(timerAgreed({ 'session-expires': '1800;refresher=uas' })).toBe('1800;refresher=uas');
    expect(timerAgreed({ 'session-expires': '1800' })).toBe('1800;refresher=uac');
    expect(timerAgreed({})).toBeUndefined();
  });
});
