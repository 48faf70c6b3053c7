import { describe, expect, it } from 'vitest';
import type { OngoingCall } from '#calls/ongoing-call.ts';
import type { Verdict } from '#calls/verdict.ts';
import { Bridge } from './bridge.ts';
import type { BridgeDeps } from './bridge.ts';
import { SipDialog } from '#sip/dialog/dialog.ts';
import type { DialogConnection } from '#sip/dialog/dialog.ts';
import { trunkEndpoint } from '#sip/relay/media-path.ts';
import type { SrfRequestOptions, SrfRequest, Responder } from '#sip/message/srf-types.ts';

function harness() {
  const sent: SrfRequestOptions[] = [];
  const network: DialogConnection = { dialogs: new Map(), send: (request) => void sent.push(request) };
  const party = { deviceId: undefined, personId: undefined, number: '', name: '' };
  const side = (callId: string) => {
    const dialog = new SipDialog(network, { role: 'uac', callId, localTag: 'l', remoteTag: 'r' });
    return { dialog, device: undefined, party, endpoint: trunkEndpoint('provider') };
  };
  const [caller, callee] = [side('a'), side('b')];
  const bridge = new Bridge({} as BridgeDeps, caller, callee);
  const verdicts: Verdict[] = [];
  bridge.call = { hungUp: (verdict: Verdict) => void verdicts.push(verdict) } as OngoingCall;
  const answered: number[] = [];
  const bye = (dialog: SipDialog, headers: Record<string, string>, source: 'network' | 'application') => {
    const response = { send: (status: number) => void answered.push(status) } as unknown as Responder;
    dialog.receive({ method: 'BYE', headers, source } as unknown as SrfRequest, response);
  };
  return { bridge, caller, callee, sent, verdicts, answered, bye, network };
}

describe('a bridge', () => {
  it.each([
    ['Session timer expired', { disposition: 'answered', reason: 'session-expired' }],
    ['ACK timeout', { disposition: 'failed', reason: 'not-acknowledged' }],
    ['anything else', { disposition: 'answered', reason: 'callee-hung-up' }],
  ])('that the engine ends with "%s" has its verdict, and its other side a BYE', (text, verdict) => {
    const { callee, bye, verdicts, sent, network } = harness();
    bye(callee.dialog, { reason: `SIP;cause=200;text="${text}"` }, 'application');
    expect(verdicts).toEqual([verdict]);
    expect(sent.map(({ method, stackDialogId, headers }) => [method, stackDialogId, headers])).toEqual([
      ['BYE', 'a;from-tag=l', {}],
    ]);
    expect(network.dialogs.size).toBe(0);
  });

  it('passes the reason of a BYE on, writes the record before it answers, and ends once', () => {
    const { caller, callee, bye, verdicts, sent, answered, bridge } = harness();
    bridge.call = {
      hungUp: (verdict: Verdict) => {
        expect(answered).toEqual([]);
        verdicts.push(verdict);
      },
    } as OngoingCall;
    bye(caller.dialog, { reason: 'Q.850;cause=16' }, 'network');
    expect(answered).toEqual([200]);
    expect(sent[0]?.headers).toEqual({ Reason: 'Q.850;cause=16' });
    bye(callee.dialog, {}, 'network');
    bridge.end({ disposition: 'answered', reason: 'hung-up-by-house' });
    expect(verdicts).toHaveLength(1);
    expect(sent).toHaveLength(1);
  });
});
