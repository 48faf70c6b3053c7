import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '#testing/base/free-port.ts';
import { House } from '#testing/harness/house.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

// A child's line as the parents set it through the API: whom it calls, whom it rings for, and who rings instead.
let stack: AsyncDisposableStack;
let house: House;
let trunk: SimulatedPhone;
let kids: SimulatedPhone;
let mum: SimulatedPhone;
let kidsId: string;
let mumId: string;
let parents: readonly object[];

type Devices = { items: { id: string; extension: string }[] };

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const sipPort = await freePort('127.0.0.1');
  const registrar = { host: '127.0.0.1', port: sipPort };
  trunk = stack.use(await SimulatedPhone.start({ address: '127.0.0.53', username: '+4915112345678', password: '', registrar }));
  const [, port] = /:(\d+)$/.exec(trunk.contact) ?? [];
  const provider = { name: 'provider', host: '127.0.0.53', port: Number(port), register: false, allow: ['127.0.0.53/32'] };
  const environment = { GOSIP_COUNTRY: 'DE', GOSIP_MEDIA: 'direct' };
  house = stack.use(await House.start({ sipPort, environment, trunks: [provider] }));
  const start = async (extension: string, address: string) => {
    const { username, password } = await house.addDevice(extension);
    const ring = { incomingCallAction: 'ring' } as const;
    const phone = stack.use(await SimulatedPhone.start({ address, registrar, username, password, ...ring }));
    await phone.register();
    return phone;
  };
  kids = await start('21', '127.0.0.54');
  mum = await start('22', '127.0.0.55');
  const { items } = await house.api<Devices>('GET', '/devices');
  const idOf = (extension: string) => items.find((one) => one.extension === extension)?.id ?? '';
  [kidsId, mumId] = [idOf('21'), idOf('22')];
  parents = [{ kind: 'device', id: mumId }];
});
afterAll(() => stack.disposeAsync());

async function dialled(number: string): Promise<number> {
  const call = kids.call(number);
  await Promise.race([call.reached('answered', 60), call.reached('ended', 60)]);
  if (call.state === 'answered') await kids.hangup(call);
  return call.status;
}

/** Calls help; a parent is told at once by a call of the house's own, and takes note. */
async function callsHelp(): Promise<void> {
  const told = mum.incomingCall();
  expect(await dialled('112')).toBe(200);
  const call = await told;
  type Escalations = { items: { id: string; name: string; state: string }[] };
  const [escalation] = (await house.api<Escalations>('GET', '/escalations')).items;
  await house.api('POST', `/escalations/${escalation?.id}/take`, {});
  await call.reached('ended');
}

const setLine = (line: object) => house.api<Record<string, unknown>>('PUT', `/devices/${kidsId}/child-line`, line);

// Before the calls for help, after which everybody gets through for a while.
test('an unknown caller of a trunk rings a parent; once they are let through for good, the child too', async () => {
  const { id } = await house.api<{ id: string }>('POST', '/users', { username: 'lea', name: 'Lea' });
  await house.api('PATCH', `/devices/${kidsId}`, { personId: id });
  await house.api('POST', '/dids', { number: '+4930555123', name: 'Lea', ownerPersonId: id });
  await setLine({ parents });
  const caller = trunk.call('+4930555123');
  const atMum = await mum.incomingCall();
  const asked = async () => (await house.api<{ items: { id: string }[] }>('GET', '/call-approvals')).items;
  const expected = { state: 'asked', number: '+4915112345678', lines: [{ deviceId: kidsId }] };
  await expect.poll(asked, { timeout: 10_000 }).toMatchObject([expected]);
  const [approval] = await asked();
  const ringsKids = kids.incomingCall();
  await house.api('POST', `/call-approvals/${approval?.id}`, { answer: 'always' });
  kids.answer(await ringsKids);
  await Promise.all([atMum.reached('ended'), caller.reached('answered')]);
  await trunk.hangup(caller);
  expect(await house.api('GET', '/child-lines')).toMatchObject({ items: [{ allowed: [{ number: '+4915112345678' }] }] });
  const known = trunk.call('+4930555123');
  kids.decline(await kids.incomingCall());
  await known.reached('ended');
  await house.api('PATCH', `/devices/${kidsId}`, { personId: null });
});

test('a child calls whom the list names and help, and nobody else', async () => {
  const set = await setLine({ allowed: [{ kind: 'number', number: '+4930901820' }], parents });
  expect(set).toMatchObject({ deviceId: kidsId, isHouseAllowed: true, isQuietForParents: false, problems: [] });
  expect(await dialled('030901820')).toBe(200);
  expect(await dialled('030901821')).toBe(403);
  await callsHelp();
  expect(await dialled('116111')).toBe(200);
  const { items } = await house.api<{ items: { id: string; reason: string }[] }>('GET', '/cdrs?text=901821');
  expect(items).toMatchObject([{ reason: 'call-not-permitted' }]);
  const { reasons } = await house.api<{ reasons: { code: string }[] }>('GET', `/cdrs/${items[0]?.id}`);
  expect(reasons.map(({ code }) => code)).toEqual(['child-line-called']);
});

test('in quiet hours nothing goes out but emergency calls and to a parent', async () => {
  await setLine({ allowed: [{ kind: 'number', number: '+4930901820' }], parents, quiet: [{}] });
  expect(await dialled('030901820')).toBe(403);
  await callsHelp();
  const call = kids.call('22');
  const incoming = await mum.incomingCall();
  mum.answer(incoming);
  await call.reached('answered');
  await kids.hangup(call);
});

const hotlineTo = (target: object, applies = 'always') =>
  house.api<object>('PUT', `/devices/${kidsId}/hotline`, { target, applies });
const clearHotline = () => house.api('DELETE', `/devices/${kidsId}/hotline`);

test('the handset of a hotline is lifted: it calls its target, whatever or nothing is dialled, and help stays help', async () => {
  // Grandma is not on the list: whoever sets the hotline wants her to be called.
  await setLine({ parents });
  expect(await dialled('030901820')).toBe(403);
  expect(await dialled('')).toBe(484);
  await hotlineTo({ kind: 'number', number: '+4930901820' });
  for (const nothing of ['', '4711', '**']) expect([nothing, await dialled(nothing)]).toEqual([nothing, 200]);
  const { items } = await house.api<{ items: { dialled: string; callee: { number: string } }[] }>('GET', '/cdrs?per_page=1');
  expect(items.map(({ dialled: what, callee }) => [what, callee.number])).toEqual([['**', '+4930901820']]);
  await callsHelp();
  await hotlineTo({ kind: 'device', id: mumId }, 'nothing-dialled');
  expect(await dialled('030901820')).toBe(403);
  const call = kids.call('');
  const incoming = await mum.incomingCall();
  mum.decline(incoming);
  await call.reached('ended');
  await clearHotline();
  expect(await dialled('')).toBe(484);
});

test('a hotline to the phone itself, or to a group of it alone, is refused at the field', async () => {
  await expect(hotlineTo({ kind: 'device', id: kidsId })).rejects.toThrow(/target.*the phone itself/);
  const { id } = await house.api<{ id: string }>('POST', '/ring-groups', {
    name: 'Me',
    members: [{ kind: 'device', id: kidsId }],
  });
  await expect(hotlineTo({ kind: 'group', id })).rejects.toThrow(/target.*this phone alone/);
  await house.api('PATCH', `/ring-groups/${id}`, {
    members: [
      { kind: 'device', id: kidsId },
      { kind: 'device', id: mumId },
    ],
  });
  await hotlineTo({ kind: 'group', id });
  await house.api('DELETE', `/ring-groups/${id}`);
  // What is no longer there is shown, and does not keep the phone from calling what it dials.
  const { items } = await house.api<{ items: { problems: object[] }[] }>('GET', '/hotlines');
  expect(items).toMatchObject([{ problems: [{ field: 'target', severity: 'broken' }] }]);
  expect(await dialled('116111')).toBe(200);
  await clearHotline();
});

test('a line that cannot work is refused at the field, in words', async () => {
  const wrong = { parents: [{ kind: 'device', id: kidsId }], allowed: [{ kind: 'device', id: 'dev_gone' }] };
  await expect(setLine(wrong)).rejects.toThrow(/allowed\.0.*not there.*parents\.0.*child’s line/s);
});

test('a child’s line goes with its person, and a list names a parent who is gone as a problem', async () => {
  const made = (name: string) => house.api<{ id: string }>('POST', '/users', { username: name, name });
  const [child, parent] = [await made('mia'), await made('dad')];
  await house.api('PUT', `/users/${child.id}/child-line`, { parents: [{ kind: 'person', id: parent.id }] });
  await house.api('DELETE', `/users/${parent.id}`);
  const list = () => house.api<{ items: { personId: string | null; problems: object[] }[] }>('GET', '/child-lines');
  const { items } = await list();
  expect(items.find(({ personId }) => personId === child.id)?.problems).toMatchObject([
    { field: 'parents.0', severity: 'broken' },
  ]);
  await house.api('DELETE', `/users/${child.id}`);
  expect((await list()).items.map(({ personId }) => personId)).toEqual([null]);
});
