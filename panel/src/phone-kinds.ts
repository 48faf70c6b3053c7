import { mdiCellphone, mdiDeskphone, mdiDoorbell, mdiMonitor } from '@mdi/js';
import type { Phone } from './data.ts';
import type { StringKey } from './strings/en.ts';

type Kind = { readonly type: Phone['type']; readonly icon: string; readonly name: StringKey; readonly text: StringKey };

export const phoneKinds: readonly Kind[] = [
  { type: 'softphone', icon: mdiCellphone, name: 'kind.softphone', text: 'kind.softphone.text' },
  { type: 'grandstream', icon: mdiDeskphone, name: 'kind.grandstream', text: 'kind.grandstream.text' },
  { type: 'webrtc', icon: mdiMonitor, name: 'kind.webrtc', text: 'kind.webrtc.text' },
  { type: 'door-station', icon: mdiDoorbell, name: 'kind.door-station', text: 'kind.door-station.text' },
];

export function kindOf(type: Phone['type']): Kind {
  return phoneKinds.find((kind) => kind.type === type) ?? (phoneKinds[0] as Kind);
}
