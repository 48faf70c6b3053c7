import { expect, it } from 'vitest';
import { panelPaths } from '#contract/panel-paths.ts';
import { placeOf } from './routes.ts';

it.each([
  [panelPaths.call('call_1'), { page: 'calls', id: 'call_1', query: {} }],
  [panelPaths.voicemail('vm_a/b'), { page: 'voicemail', id: 'vm_a/b', query: {} }],
  [panelPaths.conversation('conv_1'), { page: 'messages', id: 'conv_1', query: {} }],
  [panelPaths.conversation('conv_1', 'msg_2'), { page: 'messages', id: 'conv_1', query: { at: 'msg_2' } }],
  [panelPaths.notifications(), { page: 'notifications', id: undefined, query: {} }],
  [panelPaths.alerts(), { page: 'alerts', id: undefined, query: {} }],
])('a link from a mail opens what it is about: %s', (path, place) => {
  const [below = '', search = ''] = path.split('?');
  expect(placeOf(below, search)).toEqual(place);
});
