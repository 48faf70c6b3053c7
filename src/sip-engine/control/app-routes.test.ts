import { describe, expect, it } from 'vitest';
import type { CdrRecord } from './app-link.ts';
import { AppRoutes } from './app-routes.ts';
import type { RoutedApp } from './app-routes.ts';
import { SipMessage } from '../message/message.ts';

type TestApp = RoutedApp & { readonly cdrs: string[] };

function app(id: string, tags: string[] = []): TestApp {
  const cdrs: string[] = [];
  return { id, tags, isOpen: true, cdrs, deliver() {}, sendCdr: (record) => cdrs.push(record.event) };
}

const record: CdrRecord = {
  event: 'start',
  source: 'network',
  message: new SipMessage({ method: 'INVITE', requestUri: 'sip:a' }),
};

describe('routes of applications', () => {
  it('gives each new request to the next application of its verb', () => {
    const routes = new AppRoutes({ cdrs: false });
    const [one, two, three] = [app('1'), app('2'), app('3')];
    for (const each of [one, two, three]) routes.add(each, 'invite');
    routes.add(two, 'register');
    const picks = Array.from({ length: 5 }, () => routes.pick('invite')?.id);
    expect(picks).toEqual(['1', '2', '3', '1', '2']);
    expect([routes.pick('register')?.id, routes.pick('register')?.id]).toEqual(['2', '2']);
    expect(routes.pick('options')).toBeUndefined();
  });

  it('counts a repeated registration once', () => {
    const routes = new AppRoutes({ cdrs: false });
    const [one, two] = [app('1'), app('2')];
    routes.add(one, 'invite');
    routes.add(one, 'invite');
    routes.add(two, 'invite');
    expect([routes.pick('invite')?.id, routes.pick('invite')?.id, routes.pick('invite')?.id]).toEqual(['1', '2', '1']);
  });

  it('removes only the verb that was named, and everything of an application that left', () => {
    const routes = new AppRoutes({ cdrs: false });
    const one = app('1');
    routes.add(one, 'invite');
    routes.add(one, 'options');
    routes.remove(one, 'invite');
    routes.remove(one, 'bogus');
    expect(routes.pick('invite')).toBeUndefined();
    expect(routes.pick('options')).toBe(one);
    routes.removeApp(one);
    expect(routes.pick('options')).toBeUndefined();
    expect(routes.size).toBe(0);
  });

  it('restricts the choice to a tag when one is asked for', () => {
    const routes = new AppRoutes({ cdrs: false });
    routes.add(app('1', ['house']), 'invite');
    routes.add(app('2', ['office', 'lab']), 'invite');
    expect(routes.pick('invite', 'lab')?.id).toBe('2');
    expect(routes.pick('invite', 'lab')?.id).toBe('2');
    expect(routes.pick('invite', 'nobody')).toBeUndefined();
  });

  it('sends a CDR to one application that subscribed, if CDRs are on', () => {
    for (const cdrs of [false, true]) {
      const routes = new AppRoutes({ cdrs });
      const [one, two] = [app('1'), app('2')];
      routes.add(one, 'cdr:start');
      routes.add(two, 'cdr:start');
      routes.cdr(record);
      expect([one.cdrs.length, two.cdrs.length]).toEqual(cdrs ? [1, 0] : [0, 0]);
    }
  });

  it('bounds the verbs of one application', () => {
    const routes = new AppRoutes({ cdrs: false });
    const one = app('1');
    for (let verb = 0; verb < 256; verb += 1) expect(routes.add(one, `verb-${verb}`)).toBe(true);
    expect(routes.add(one, 'one-more')).toBe(false);
  });
});
