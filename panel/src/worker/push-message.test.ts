import { describe, expect, it } from 'vitest';
import type { PushPayload } from '#contract/push-payload.ts';
import { addressInPanel, addressToOpen, answerOf, optionsOf, payloadOf } from './push-message.ts';

const scope = 'https://home.example/api/hassio_ingress/abc/';
const payload: PushPayload = {
  title: 'Missed call from Grandma',
  body: '14:02',
  tag: 'call:call_1',
  path: 'calls/call_1',
  page: '/app/gosip/calls/call_1',
  isSilent: false,
  alertsAgain: false,
  isOver: false,
  actions: [{ action: 'gosip:call-back:dlv_1:mac', title: 'Call back' }],
};
const at = (path: string, page: string | null = null) => ({ path, page });

describe('what is pushed', () => {
  it('is shown as the house says, with pictures of the panel', () => {
    expect(payloadOf(JSON.stringify(payload))).toEqual(payload);
    expect(optionsOf(payload, scope)).toEqual({
      body: '14:02',
      tag: 'call:call_1',
      icon: `${scope}icon-192.png`,
      badge: `${scope}badge-96.png`,
      silent: false,
      renotify: false,
      actions: payload.actions,
      data: { path: 'calls/call_1', page: '/app/gosip/calls/call_1' },
    });
  });

  it.each(['', 'no JSON', 'null', '[]', '{}', '{"title":5,"tag":"","actions":{"length":1}}'])(
    'is something that can be shown, whatever came: %j',
    (text) => expect(payloadOf(text)).toMatchObject({ title: 'GoSIP', tag: 'gosip', path: '', page: null, actions: [] }),
  );

  it('is taken from what a newer house says as far as it is known', () => {
    const newer = { ...payload, actions: [...payload.actions, { title: 'No action' }, 'text', null], colour: 'red' };
    expect(payloadOf(JSON.stringify(newer))).toEqual(payload);
  });

  it('is replaced by what came of a button, without a noise and without buttons', () => {
    const answer = answerOf('Marked as heard', { tag: 'voicemail:1', data: at('voicemail/1') }, scope);
    expect(answer).toMatchObject({ body: 'Marked as heard', tag: 'voicemail:1', silent: true, renotify: false, actions: [] });
    expect(answer.data).toEqual(at('voicemail/1'));
  });

  it('leads into the panel, and nowhere else', () => {
    expect(addressInPanel(at('calls/call_1'), scope)).toBe(`${scope}calls/call_1`);
    expect(addressInPanel(at('messages/c_1?at=m_1'), scope)).toBe(`${scope}messages/c_1?at=m_1`);
    expect(addressInPanel(at('/calls'), scope)).toBe(`${scope}calls`);
    for (const path of ['https://example.org/', '//example.org/', '../../../states', 'javascript:alert(1)', 'data:text/html,x'])
      expect(addressInPanel(at(path), scope)).toBe(path.startsWith('//') ? `${scope}example.org/` : scope);
  });

  it('opens Home Assistant’s page where the browser came by it', () => {
    expect(addressToOpen(at('calls', '/app/gosip/calls'), scope)).toBe('https://home.example/app/gosip/calls');
    expect(addressToOpen(at('calls', 'https://gosip.example/calls'), scope)).toBe('https://gosip.example/calls');
    for (const page of [null, 'javascript:alert(1)', 'https://'])
      expect(addressToOpen(at('calls', page), scope)).toBe(`${scope}calls`);
  });
});
