import { describe, expect, it } from 'vitest';
import { CoreStage } from '#testing/harness/core-stage.ts';
import type { ProxyOptions } from '../control/app-link.ts';
import type { ProxyPart } from './core-context.ts';
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
class CountingProxy implements ProxyPart {
  readonly started: ProxyOptions[] = [];

  start(_transaction: unknown, given: ProxyOptions): void {
    this.started.push(given);
  }

  cancelled = (): boolean => false;
  forwardInDialog = (): boolean => false;
  strayResponse = (): boolean => false;
  early = (): boolean => false;
  sizes = (): Record<string, number> => ({});
  stop(): void {}
}

describe('an embedding program that chooses the way of requests', () => {
  it('is told what is known of them', () => {
    const questions: RouteQuestion[] = [];
    const stage = new CoreStage({
      routeRequest: (question) => {
        questions.push(question);
        return { kind: 'deliver' };
      },
    });
    stage.arrive('MESSAGE', { uri: 'sip:101@pbx.example', body: 'hello' });
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
    expect(stage.app.lines).toEqual(['MESSAGE']);
  });

  it('picks an application by its tag; 480 when none is there', () => {
    const there = new CoreStage({ routeRequest: () => ({ kind: 'deliver', tag: 'a' }) });
    there.arrive('INVITE');
    expect(there.app.lines).toEqual(['INVITE']);
    const gone = new CoreStage({ routeRequest: () => ({ kind: 'deliver', tag: 'b' }) });
    gone.arrive('INVITE');
    expect(gone.sent()).toEqual(['100', '480']);
  });

  it('rejects, redirects, and proxies without any application', () => {
    const proxy = new CountingProxy();
    const reject = new CoreStage({ routeRequest: () => ({ kind: 'reject', status: 403, reason: 'Forbidden' }) });
    reject.arrive('INVITE');
    expect(reject.sent()).toEqual(['100', '403']);
    const redirect = new CoreStage({
      routeRequest: () => ({ kind: 'redirect', contacts: ['sip:a@10.0.0.7', '<sip:b@10.0.0.8>;q=0.5'] }),
    });
    redirect.arrive('INVITE');
    expect(redirect.last.getAll('contact')).toEqual(['<sip:a@10.0.0.7>', '<sip:b@10.0.0.8>;q=0.5']);
    expect(redirect.sent()).toEqual(['100', '302']);
    const through = new CoreStage({ proxy, routeRequest: () => ({ kind: 'proxy', options }) });
    through.arrive('INVITE');
    expect(proxy.started).toEqual([options]);
    const without = new CoreStage({ routeRequest: () => ({ kind: 'proxy', options }) });
    without.arrive('INVITE');
    expect(without.sent()).toEqual(['100', '500']);
  });

  it('is not asked about scanners and requests of lost dialogs', () => {
    const stage = new CoreStage({ routeRequest: () => ({ kind: 'reject', status: 403, reason: 'Forbidden' }) });
    stage.arrive('BYE', { toTag: 'x' });
    expect(stage.sent()).toEqual(['481']);
  });
});

describe('a proxy command', () => {
  it('takes over an INVITE without an answer, and no other', () => {
    const proxy = new CountingProxy();
    const stage = new CoreStage({ proxy });
    stage.arrive('INVITE');
    stage.arrive('INVITE', { callId: 'rings', fromTag: 'r' });
    const [free, rings] = [stage.app.take(), stage.app.take()];
    stage.respond(rings.transactionId, 180);
    expect(stage.proxy(rings.transactionId, options).refusal).toBe(`Unknown transaction id: ${rings.transactionId}`);
    expect(stage.proxy('nonsense', options).refusal).toBe('Unknown transaction id: nonsense');
    expect(stage.proxy(free.transactionId, options).all).toEqual([]);
    expect(proxy.started).toEqual([options]);
    expect(stage.respond(free.transactionId, 200).refusal).toBe('Response not sent due to unknown transaction');
  });
});
