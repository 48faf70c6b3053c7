import { afterAll, beforeAll, expect, test } from 'vitest';
import { House } from '#testing/harness/house.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import { TrunkRegistrar } from '#testing/peers/trunk-registrar.ts';

// What each field of a trunk does to what a provider sees. The provider's name leads nowhere, as behind many an outbound proxy.
type Trunk = { readonly id: string; readonly state: { readonly kind: string; readonly sipStatus: number | null } };
type Step = { readonly step: string; readonly outcome: string };

const account = { username: 'house-42', password: 'trunk-secret', authUsername: 'sign-in@provider.example' };
const ours = '+493012345678';
const far = '+4930901820';
let stack: AsyncDisposableStack;
let house: House;
let provider: TrunkRegistrar;
let phone: SimulatedPhone;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  provider = stack.use(await TrunkRegistrar.start({ address: '127.0.0.71', ...account }));
  house = stack.use(await House.start({ environment: { GOSIP_COUNTRY: 'DE', GOSIP_MEDIA: 'direct' } }));
  const { id: personId } = await house.api<{ id: string }>('POST', '/users', { username: 'ada', name: 'Ada' });
  await house.api('POST', '/dids', { number: ours, name: 'House', ownerPersonId: personId });
  const { username, password } = await house.addDevice('21', { personId });
  phone = stack.use(await SimulatedPhone.start({ address: '127.0.0.72', registrar: house.registrar, username, password }));
  await phone.register();
});
afterAll(() => stack.disposeAsync());

const wanted = (more: object = {}) => ({
  name: 'Provider',
  host: 'sip.provider.invalid',
  proxy: `${provider.address}:${provider.port}`,
  domain: 'provider.example',
  register: true,
  numbers: [ours],
  ...account,
  ...more,
});
const becomes = (id: string, kind: string) =>
  expect.poll(async () => (await house.api<Trunk>('GET', `/trunks/${id}`)).state.kind, { timeout: 30_000 }).toBe(kind);
const remove = (id: string) => house.api('DELETE', `/trunks/${id}`);

/** The INVITE, with its credentials, of a call out over a trunk with these settings. */
async function inviteOf(settings: object, dialled = far) {
  const { id } = await house.api<Trunk>('POST', '/trunks', wanted(settings));
  await becomes(id, 'registered');
  const call = phone.call(dialled);
  await call.reached('ended', 30);
  // The provider took the credentials: it is busy, and does not ask for them again.
  expect(call.status).toBe(486);
  await remove(id);
  return provider.ofMethod('INVITE').at(-1);
}

test('an account behind an outbound proxy is registered there, by the name for signing in, under its own name and domain', async () => {
  const { id } = await house.api<Trunk>('POST', '/trunks', wanted());
  await becomes(id, 'registered');
  const register = provider.ofMethod('REGISTER').at(-1);
  expect(register?.startLine).toBe('REGISTER sip:sip.provider.invalid SIP/2.0');
  expect(register?.header('From')).toMatch(/^<sip:house-42@provider\.example>/);
  expect(register?.header('To')).toBe('<sip:house-42@provider.example>');
  expect(register?.header('Authorization')).toContain(`username="${account.authUsername}"`);
  const { name: _name, numbers: _numbers, ...asked } = wanted();
  const { steps } = await house.api<{ steps: Step[] }>('POST', '/trunk-check', asked);
  expect(steps.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
    'resolve ok',
    'connect skipped',
    'answer ok',
    'register ok',
  ]);
  await remove(id);
  await expect.poll(() => provider.contacts.size).toBe(0);
});

test.each(['house-42', 'somebody-else'])('a provider that wants another name for signing in refuses %s', async (authUsername) => {
  const { id } = await house.api<Trunk>('POST', '/trunks', wanted({ authUsername }));
  await becomes(id, 'wrong-password');
  expect(provider.contacts.size).toBe(0);
  await house.api('PATCH', `/trunks/${id}`, { authUsername: account.authUsername });
  await becomes(id, 'registered');
  await remove(id);
});

const accountFrom = /^"House" <sip:house-42@provider\.example>;tag=/;
const headers = ['P-Asserted-Identity', 'P-Preferred-Identity', 'Remote-Party-ID'] as const;

test.each([
  {
    callerIn: 'from',
    from: /^"House" <sip:\+493012345678@provider\.example>;tag=/,
    shown: { 'P-Asserted-Identity': `<sip:${ours}@provider.example>` },
  },
  { callerIn: 'asserted', from: accountFrom, shown: { 'P-Asserted-Identity': `<sip:${ours}@provider.example>` } },
  { callerIn: 'preferred', from: accountFrom, shown: { 'P-Preferred-Identity': `<sip:${ours}@provider.example>` } },
  { callerIn: 'remote-party', from: accountFrom, shown: { 'Remote-Party-ID': `<sip:${ours}@provider.example>` } },
  { callerIn: 'account', from: accountFrom, shown: {} },
])(
  'a call out with the number in "$callerIn" reaches the provider with the number there alone',
  async ({ callerIn, ...seen }) => {
    const invite = await inviteOf({ callerIn });
    expect(invite?.startLine).toBe(`INVITE sip:${far}@sip.provider.invalid SIP/2.0`);
    expect(invite?.header('Proxy-Authorization')).toContain(`username="${account.authUsername}"`);
    expect(invite?.header('From')).toMatch(seen.from);
    const shown = headers.flatMap((name) => {
      const value = invite?.header(name);
      return value === undefined ? [] : [[name, value]];
    });
    expect(Object.fromEntries(shown)).toEqual(seen.shown);
  },
);

test.each([
  { form: 'plus', called: far, caller: ours },
  { form: 'digits', called: '4930901820', caller: '493012345678' },
  { form: 'double-zero', called: '004930901820', caller: '00493012345678' },
  { form: 'national', called: '030901820', caller: '03012345678' },
])('numbers are written the way the provider wants them: $form', async ({ form, called, caller }) => {
  const invite = await inviteOf({ callerIn: 'remote-party', calledForm: form, callerForm: form });
  expect(invite?.startLine).toBe(`INVITE sip:${called}@sip.provider.invalid SIP/2.0`);
  expect(invite?.header('Remote-Party-ID')).toBe(`<sip:${caller}@provider.example>`);
});
