import { describe, expect, it } from 'vitest';
import { UserAgentHarness } from '#testing/harness/user-agent-harness.ts';
import type { ProxyOptions } from '../control/app-link.ts';
import type { ProxyHandler } from './core-context.ts';
import type { RouteQuestion } from './request-routing.ts';

const options: ProxyOptions = {
  remainInDialog: false,
  fullResponse: true,
  followRedirects: false,
  simultaneous: false,
  provisionalTimeoutMs: undefined,
  finalTimeoutMs: undefined,
  destinations: ['sip:10.0.0.7'],
};

/** A proxy that only counts. */
class CountingProxy implements ProxyHandler {
  readonly started: ProxyOptions[] = [];

  start(_transaction: unknown, given: ProxyOptions): void {
    this.started.push(given);
  }

  cancelled = (): boolean => false;
  forwardInDialog = (): boolean => false;
  strayResponse = (): boolean => false;
  forwardEarly = (): boolean => false;
  sizes = (): Record<string, number> => ({});
  stop(): void {}
}

describe('an embedding program that routes requests', () => {
  it('gets what is known of them', () => {
    const questions: RouteQuestion[] = [];
    const harness = new UserAgentHarness({
      routeRequest: (question) => {
        questions.push(question);
        return { kind: 'deliver' };
      },
    });
    harness.receiveRequest('MESSAGE', { uri: 'sip:101@pbx.example', body: 'hello' });
    expect(questions).toEqual([
      {
        method: 'MESSAGE',
        uri: 'sip:101@pbx.example',
        uriUser: '101',
        domain: 'pbx.example',
        fromUser: 'alice',
        toUser: 'bob',
        contentType: 'text/plain',
        protocol: 'udp',
        sourceAddress: '10.0.0.9',
      },
    ]);
    expect(harness.app.lines).toEqual(['MESSAGE']);
  });

  it('picks an application by its tag; 480 when none is there', () => {
    const there = new UserAgentHarness({ routeRequest: () => ({ kind: 'deliver', tag: 'a' }) });
    there.receiveRequest('INVITE');
    expect(there.app.lines).toEqual(['INVITE']);
    const gone = new UserAgentHarness({ routeRequest: () => ({ kind: 'deliver', tag: 'b' }) });
    gone.receiveRequest('INVITE');
    expect(gone.sent()).toEqual(['100', '480']);
  });

  it('rejects, redirects, and proxies without any application', () => {
    const proxy = new CountingProxy();
    const reject = new UserAgentHarness({ routeRequest: () => ({ kind: 'reject', status: 403, reason: 'Forbidden' }) });
    reject.receiveRequest('INVITE');
    expect(reject.sent()).toEqual(['100', '403']);
    const redirect = new UserAgentHarness({
      routeRequest: () => ({ kind: 'redirect', contacts: ['sip:a@10.0.0.7', '<sip:b@10.0.0.8>;q=0.5'] }),
    });
    redirect.receiveRequest('INVITE');
    expect(redirect.last.getAll('contact')).toEqual(['<sip:a@10.0.0.7>', '<sip:b@10.0.0.8>;q=0.5']);
    expect(redirect.sent()).toEqual(['100', '302']);
    const through = new UserAgentHarness({ proxy, routeRequest: () => ({ kind: 'proxy', options }) });
    through.receiveRequest('INVITE');
    expect(proxy.started).toEqual([options]);
    const without = new UserAgentHarness({ routeRequest: () => ({ kind: 'proxy', options }) });
    without.receiveRequest('INVITE');
    expect(without.sent()).toEqual(['100', '500']);
  });

  it('is not asked about scanners and requests of lost dialogs', () => {
    const harness = new UserAgentHarness({ routeRequest: () => ({ kind: 'reject', status: 403, reason: 'Forbidden' }) });
    harness.receiveRequest('BYE', { toTag: 'x' });
    expect(harness.sent()).toEqual(['481']);
  });
});

describe('a proxy command', () => {
  it('takes over an INVITE without an answer, and no other', () => {
    const proxy = new CountingProxy();
    const harness = new UserAgentHarness({ proxy });
    harness.receiveRequest('INVITE');
    harness.receiveRequest('INVITE', { callId: 'rings', fromTag: 'r' });
    const [free, rings] = [harness.app.take(), harness.app.take()];
    harness.respond(rings.transactionId, 180);
    expect(harness.proxy(rings.transactionId, options).refusal).toBe(`Unknown transaction id: ${rings.transactionId}`);
    expect(harness.proxy('nonsense', options).refusal).toBe('Unknown transaction id: nonsense');
    expect(harness.proxy(free.transactionId, options).all).toEqual([]);
    expect(proxy.started).toEqual([options]);
    expect(harness.respond(free.transactionId, 200).refusal).toBe('Response not sent due to unknown transaction');
  });
});
