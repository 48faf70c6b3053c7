// Does what mends it: at once and with undo where it is a switch, otherwise by leading there.
import { changeBlocklistEntry } from '#contract/blocklist.ts';
import { changeDevice } from '#contract/devices.ts';
import { setDeviceDnd, setHouseDnd, setPersonDnd } from '#contract/dnd.ts';
import { changeNumber } from '#contract/numbers.ts';
import { allowDestination, forbidDestination } from '#contract/outgoing.ts';
import { call } from './api.ts';
import { openAddPhone, openContact, openPhone } from './dialogs/open.ts';
import { mendedName } from './diagnosis-words.ts';
import type { Mending } from './diagnosis-words.ts';
import { go } from './router.ts';
import type { TitledPage } from './routes.ts';
import type { StringKey } from './strings/en.ts';
import { sayDone, sayProblem } from './undo.ts';
import { locale, t } from './words.ts';

type Switch = { readonly on: () => Promise<unknown>; readonly off: () => Promise<unknown> };

const pages: Partial<Record<Mending['code'], TitledPage>> = {
  'open-routing': 'routing',
  'open-trunks': 'trunks',
  'open-outgoing': 'outgoing',
  'open-alerts': 'alerts',
  'open-logs': 'logs',
};

/** `changed`: called when the house may answer differently now, also after it was taken back. */
export async function mend(one: Mending, changed: () => void): Promise<void> {
  const act = switchOf(one);
  if (act === undefined) {
    await lead(one);
    return;
  }
  try {
    await act.on();
    const name = mendedName(one, { t, tag: locale.value.tag });
    sayDone(t(`why.done.${one.code}` as StringKey, { name }), () => act.off().then(changed));
  } catch (error) {
    sayProblem(error);
  }
  changed();
}

function switchOf({ code, values }: Mending): Switch | undefined {
  const id = (name: string) => ({ params: { id: String(values[name]) as never } });
  switch (code) {
    case 'dnd-off':
      return { on: () => setDnd(values, false), off: () => setDnd(values, true) };
    case 'phone-on':
      return switched((enabled) => call(changeDevice, { ...id('deviceId'), body: { enabled } }));
    case 'number-on':
      return switched((voiceEnabled) => call(changeNumber, { ...id('numberId'), body: { voiceEnabled } }));
    case 'unblock':
      return switched((isThrough) => call(changeBlocklistEntry, { ...id('entryId'), body: { enabled: !isThrough } }));
    case 'allow-destination': {
      const params = { destination: String(values['destination']) };
      return { on: () => call(allowDestination, { params }), off: () => call(forbidDestination, { params }) };
    }
    default:
      return undefined;
  }
}

function switched(set: (isOn: boolean) => Promise<unknown>): Switch {
  return { on: () => set(true), off: () => set(false) };
}

function setDnd({ of, id }: Mending['values'], isOn: boolean): Promise<unknown> {
  const body = { isOn };
  if (of === 'house') return call(setHouseDnd, { body });
  const params = { id: String(id) as never };
  return of === 'person' ? call(setPersonDnd, { params, body }) : call(setDeviceDnd, { params, body });
}

async function lead({ code, values }: Mending): Promise<void> {
  const text = (name: string) => String(values[name] ?? '');
  const page = pages[code];
  if (page !== undefined) go(page);
  else if (code === 'open-phone') go('phones', text('deviceId'));
  else if (code === 'new-password') await openPhone(text('deviceId'), true);
  else if (code === 'open-rule') go('routing', text('routeId'), { number: text('numberId') });
  else if (code === 'open-number') go('numbers', text('numberId'));
  else if (code === 'open-child-line') go(text('holder').startsWith('dev_') ? 'phones' : 'people', text('holder'));
  else if (code === 'add-contact') await openContact({ number: text('number') });
  else if (code === 'add-phone') await openAddPhone();
}
