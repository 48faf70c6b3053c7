import { expect, it } from 'vitest';
import { panelLink, pathInHomeAssistant } from './links.ts';

const none = { own: undefined, page: undefined, homeAssistant: undefined };
const own = 'https://home.example.org/gosip';
const supervised = { own: undefined, page: '/app/abc_gosip', homeAssistant: 'https://ha.example.org' };

it.each([
  ['behind a prefix', { ...none, own }, false, `${own}/calls/call_1`],
  ['of a base with a slash at its end', { ...none, own: `${own}/` }, false, `${own}/calls/call_1`],
  ['at a port of its own', { ...none, own: 'http://192.168.1.5:8080' }, false, 'http://192.168.1.5:8080/calls/call_1'],
  [
    'in Home Assistant, where the panel has no address of its own',
    supervised,
    false,
    'https://ha.example.org/app/abc_gosip/calls/call_1',
  ],
  [
    'of Home Assistant at a port',
    { ...supervised, homeAssistant: 'http://ha.local:8123/' },
    true,
    'http://ha.local:8123/app/abc_gosip/calls/call_1',
  ],
  ['for somebody of Home Assistant', { ...supervised, own }, true, 'https://ha.example.org/app/abc_gosip/calls/call_1'],
  ['for somebody who signs in here', { ...supervised, own }, false, `${own}/calls/call_1`],
  [
    'for somebody of Home Assistant, whose address is not known',
    { ...supervised, own, homeAssistant: undefined },
    true,
    `${own}/calls/call_1`,
  ],
  [
    'for somebody of Home Assistant, before our page there is known',
    { ...supervised, own, page: undefined },
    true,
    `${own}/calls/call_1`,
  ],
  ['where nobody knows an address', none, true, undefined],
  ['where what is given is no address', { ...none, own: 'javascript:alert(1)//' }, false, undefined],
] as const)('a link %s leads to the panel', (_name, addresses, prefersHomeAssistant, url) => {
  expect(panelLink('calls/call_1', addresses, prefersHomeAssistant)).toEqual({ path: 'calls/call_1', url });
});

it('the page that tells of the app has nothing below it', () => {
  expect(pathInHomeAssistant('alerts', '/config/app/abc_gosip/info')).toBe('/config/app/abc_gosip/info');
  expect(pathInHomeAssistant('alerts', '/app/abc_gosip')).toBe('/app/abc_gosip/alerts');
});
