// The trunks of a furnished house: one that works, one with a wrong name, one that is switched off.
// Called by furnished-house.ts.
import type { PanelHouse } from './panel-house.ts';

const account = { username: 'house-42', password: 'not-shown', register: true };

const trunks = [
  { name: 'Provider in town', host: '127.0.0.1', port: 5999, numbers: ['+14165550100'] },
  { ...account, name: 'Grandmother’s provider with a name that is far too long for a line', host: 'sip.nowhere.invalid' },
  { ...account, name: 'Old provider', host: 'sip.old.invalid', enabled: false, direction: 'incoming' },
];

export async function furnishTrunks(house: PanelHouse): Promise<void> {
  for (const trunk of trunks) await house.ask('POST', '/trunks', trunk);
}
