import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppHarness, origin } from '#testing/harness/app-harness.ts';
import { TwilioEmulator } from '#testing/twilio/emulator.ts';

// Who rings, when, through the API of the whole house.
const ours = '+14155550199';
const theirs = '+14155550123';

type Named = { id: string };
type Problem = { field: string; message: string; severity: string };
type Route = Named & { priority: number; problems: Problem[] };
type Preview = {
  plan: { kind: string; reason?: string; number?: string; tone?: string };
  reasons: { code: string; text: string }[];
  rings: { name: string; step: number }[];
  rules: { routeId: string | null; name: string; outcome: string }[];
};

class Harness extends AppHarness {
  numberId = '';
  desk = '';

  static async start(): Promise<Harness> {
    const harness = new Harness('anna');
    const twilio = await TwilioEmulator.start({
      clock: harness.clock,
      voice: () => Promise.resolve(harness.voice),
      numbers: [{ phoneNumber: ours }],
    });
    Object.assign(twilio.state.numberOf(ours) ?? {}, {
      sms_url: `${origin}/api/webhooks/sms/inbound`,
      sms_fallback_url: `${origin}/api/webhooks/sms/fallback`,
    });
    await harness.begin(twilio, ['anna', 'ben']);
    harness.numberId = (await harness.json<Named>('POST', '/dids', { number: ours, ownerPersonId: harness.idOf('anna') })).id;
    harness.desk = (
      await harness.json<Named>('POST', '/devices', { name: 'Desk', type: 'softphone', personId: harness.idOf('anna') })
    ).id;
    return harness;
  }

  idOf(name: string): string {
    return this.persons.get(name)?.id ?? '';
  }

  preview(question: object = {}): Promise<Preview> {
    return this.json<Preview>('POST', '/routes/preview', { caller: { number: theirs }, called: ours, ...question });
  }

  rule(action: object, change: object = {}): Promise<Route> {
    return this.json<Route>('POST', '/routes', { numberId: this.numberId, name: 'Rule', action, ...change });
  }

  /** The fields that a request is refused for, with the words. */
  async refusal(method: string, path: string, body: object): Promise<Record<string, string>> {
    const headers = { 'Content-Type': 'application/json' };
    const response = await this.fetch(path, 'admin', { method, headers, body: JSON.stringify(body) });
    const { error } = (await response.json()) as { error: { details: { field: string; message: string }[] } };
    return Object.fromEntries(error.details.map(({ field, message }) => [field, message]));
  }
}

describe('routing of the whole house', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await Harness.start();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  it('previews the rule that decides, in the order that rules were put in, and says why', async () => {
    expect((await harness.preview()).reasons.map(({ code }) => code)).toEqual(['default', 'offline']);
    expect((await harness.preview({ caller: { deviceId: harness.desk } })).reasons.map(({ code }) => code)).toContain('default');
    const busy = await harness.rule(
      { kind: 'reject', tone: 'busy' },
      { conditions: { callers: [{ kind: 'country', country: 'US' }] } },
    );
    const forward = await harness.rule({ kind: 'forward', number: '+14165550111' });
    expect(await harness.preview()).toMatchObject({
      plan: { kind: 'reject', tone: 'busy' },
      reasons: [{ code: 'route-matched' }],
    });
    await harness.json('POST', '/routes/reorder', { numberId: harness.numberId, ids: [forward.id, busy.id] });
    expect(await harness.preview()).toMatchObject({ plan: { kind: 'forward', number: '+14165550111', isScreened: true } });
    const { items } = await harness.json<{ items: Route[] }>('GET', `/routes?number=${harness.numberId}`);
    expect(items.map(({ id, priority }) => [id, priority])).toEqual([
      [forward.id, 1],
      [busy.id, 2],
    ]);
    expect(items[1]?.problems).toMatchObject([{ field: 'conditions', severity: 'warning' }]);
    expect(await harness.status('POST', '/routes/reorder', { numberId: harness.numberId, ids: [busy.id] }, 'admin')).toBe(409);
    for (const { id } of items) await harness.json('DELETE', `/routes/${id}`);
  });

  it('previews a rule that is not saved yet at its place, and says of each rule why it does or does not apply', async () => {
    const german = { callers: [{ kind: 'country', country: 'DE' }], times: [], states: [] };
    const away = { entityId: 'person.anna', value: 'not_home', fallback: 'no-match' };
    const saved = [
      await harness.rule({ kind: 'reject' }, { name: 'Off', enabled: false }),
      await harness.rule({ kind: 'reject' }, { name: 'German', conditions: german }),
      await harness.rule({ kind: 'reject' }, { name: 'Long ago', conditions: { times: [{ from: '00:00', to: '00:01' }] } }),
      await harness.rule({ kind: 'reject' }, { name: 'Away', conditions: { states: [away] } }),
      await harness.rule({ kind: 'voicemail' }, { name: 'Night' }),
      await harness.rule({ kind: 'reject' }, { name: 'Behind' }),
    ];
    const at = new Date('2026-06-01T12:00:00Z').toISOString();
    const outcomes = async (question: object = {}) =>
      (await harness.preview({ at, states: { 'person.anna': 'home' }, ...question })).rules.map(({ name, outcome }) => [
        name,
        outcome,
      ]);
    const before = [
      ['Off', 'off'],
      ['German', 'caller'],
      ['Long ago', 'time'],
      ['Away', 'state'],
    ];
    expect(await outcomes()).toEqual([...before, ['Night', 'applies'], ['Behind', 'not-reached']]);
    const draft = { name: 'Busy', enabled: true, conditions: {}, action: { kind: 'reject', tone: 'busy' } };
    const changed = { ...draft, id: saved[1]?.id };
    expect((await harness.preview({ at, draft: changed })).plan).toMatchObject({ kind: 'reject', tone: 'busy' });
    expect((await outcomes({ draft: changed })).slice(1, 3)).toEqual([
      ['Busy', 'applies'],
      ['Long ago', 'not-reached'],
    ]);
    expect((await outcomes({ draft })).at(-1)).toEqual(['Busy', 'not-reached']);
    expect((await harness.preview({ at, draft })).rules.at(-1)?.routeId).toBeNull();
    await harness.json('PUT', '/dnd/house', { isOn: true });
    expect(await outcomes()).toEqual([]);
    await harness.json('PUT', '/dnd/house', { isOn: false });
    for (const { id } of saved) await harness.json('DELETE', `/routes/${id}`);
  });

  it('refuses in words what could never work', async () => {
    const refused = (action: object, conditions: object = {}) =>
      harness.refusal('POST', '/routes', { numberId: harness.numberId, name: 'Rule', action, conditions });
    const reject = { kind: 'reject' };
    expect(await refused({ kind: 'forward', number: ours })).toEqual({ 'action.number': expect.stringContaining('come back') });
    expect(await refused({ kind: 'ring', targets: [] })).toHaveProperty(['action.targets']);
    expect(await refused({ kind: 'ring', targets: [{ kind: 'device', id: 'dev_gone' }] })).toHaveProperty(['action.targets.0']);
    const past = { dates: [{ from: '2001-01-01', to: '2001-12-31' }] };
    expect(await refused(reject, { times: [past] })).toEqual({ 'conditions.times.0': expect.stringContaining('never comes') });
    expect(await refused(reject, { times: [{ from: '25:00' }] })).toHaveProperty(['conditions.times.0.from']);
    const home = (value: string) => ({ entityId: 'person.anna', value, fallback: 'no-match' });
    expect(await refused(reject, { states: [home('home'), home('away')] })).toHaveProperty(['conditions.states.1.value']);
    const inner = await harness.json<Named>('POST', '/ring-groups', {
      name: 'Inner',
      members: [{ kind: 'device', id: harness.desk }],
    });
    const outer = await harness.json<Named>('POST', '/ring-groups', {
      name: 'Outer',
      extension: '600',
      members: [{ kind: 'group', id: inner.id }],
    });
    expect(await harness.refusal('PATCH', `/ring-groups/${inner.id}`, { members: [{ kind: 'group', id: outer.id }] })).toEqual({
      members: 'would make a group contain itself: Inner → Outer → Inner',
    });
    expect(await harness.refusal('POST', '/devices', { name: 'Taken', type: 'softphone', extension: '600' })).toEqual({
      extension: 'is taken',
    });
  });

  it('follows a state, and its fallback where nobody knows it', async () => {
    const bedtime = { entityId: 'input_boolean.bedtime', value: 'on', fallback: 'no-match' };
    const { id } = await harness.rule({ kind: 'voicemail' }, { conditions: { states: [bedtime] } });
    expect((await harness.preview({ states: { 'input_boolean.bedtime': 'on' } })).plan).toMatchObject({ reason: 'by-route' });
    expect((await harness.preview({ states: { 'input_boolean.bedtime': 'off' } })).plan).toMatchObject({ reason: 'offline' });
    expect((await harness.preview()).reasons.map(({ code }) => code)).toEqual(['state-unknown', 'default', 'offline']);
    await harness.json('DELETE', `/routes/${id}`);
  });

  it('shows a rule whose phone was removed as broken, and rings the others', async () => {
    const gone = await harness.json<Named>('POST', '/devices', { name: 'Gone', type: 'softphone' });
    const { id } = await harness.rule({ kind: 'ring', targets: [{ kind: 'device', id: gone.id }] });
    await harness.json('PUT', `/dnd/devices/${gone.id}`, { isOn: true });
    await harness.json('DELETE', `/devices/${gone.id}`);
    expect((await harness.json<Route>('GET', `/routes/${id}`)).problems).toMatchObject([
      { field: 'action.targets.0', message: 'names a phone that is not there', severity: 'broken' },
    ]);
    expect((await harness.preview()).reasons.map(({ code }) => code)).toEqual(['route-broken', 'default', 'offline']);
    await harness.json('PATCH', `/routes/${id}`, { enabled: false });
    await harness.json('DELETE', `/routes/${id}`);
  });

  it('lets people switch do not disturb of themselves and of their phones alone, until a time', async () => {
    const until = new Date(harness.clock.now() + 60_000).toISOString();
    expect(await harness.status('PUT', '/dnd/house', { isOn: true }, 'anna')).toBe(403);
    expect(await harness.status('PUT', `/dnd/persons/${harness.idOf('ben')}`, { isOn: true }, 'anna')).toBe(404);
    expect(await harness.status('PUT', `/dnd/devices/${harness.desk}`, { isOn: true }, 'ben')).toBe(404);
    const past = { isOn: true, until: new Date(harness.clock.now() - 1).toISOString() };
    expect(await harness.refusal('PUT', '/dnd/house', past)).toEqual({ until: 'must be in the future' });
    const own = `/dnd/persons/${harness.idOf('anna')}`;
    expect(await harness.json('PUT', own, { isOn: true, until }, 'anna')).toMatchObject({ isOn: true, until, bySchedule: false });
    expect((await harness.preview()).plan).toMatchObject({ kind: 'voicemail', reason: 'dnd' });
    expect((await harness.preview({ at: until })).plan).toMatchObject({ reason: 'offline' });
    harness.clock.advance(70_000);
    const { persons } = await harness.json<{ persons: { isOn: boolean }[] }>('GET', '/dnd', undefined, 'anna');
    expect(persons).toMatchObject([{ isOn: false }]);
  });

  it('answers a message by itself while its owner is not to be disturbed', async () => {
    const messages = async () => (await harness.json<{ items: { body: string }[] }>('GET', '/messages')).items;
    await harness.json('POST', '/auto-replies', { number: ours, trigger: 'dnd', body: 'I sleep.' });
    await harness.json('PUT', `/dnd/persons/${harness.idOf('anna')}`, { isOn: true }, 'anna');
    void harness.twilio.sendSmsFrom(theirs, ours, { body: 'Are you there?' });
    await harness.until(async () => ((await messages()).some(({ body }) => body === 'I sleep.') ? true : undefined));
    await harness.json('PUT', `/dnd/persons/${harness.idOf('anna')}`, { isOn: false }, 'anna');
  });

  it('keeps rules, groups, switches and settings over a restart', async () => {
    await harness.json('PUT', '/dnd/house', { isOn: true });
    await harness.json('PATCH', '/routing/settings', { vipGroups: ['School'], ringSeconds: 45, challengeDigit: '4' });
    const rule = await harness.rule({ kind: 'reject' });
    await harness.close();
    await harness.open();
    expect(await harness.json('GET', '/dnd')).toMatchObject({ house: { isOn: true, until: null } });
    const kept = { vipGroups: ['School'], ringSeconds: 45, challengeDigit: '4', spamThreshold: 0.7 };
    expect(await harness.json('GET', '/routing/settings')).toMatchObject(kept);
    expect(await harness.json('GET', `/routes/${rule.id}`)).toMatchObject({ priority: 1 });
    expect(await harness.json('PATCH', '/routing/settings', { ringSeconds: null })).toMatchObject({ ringSeconds: 30 });
  });
});
