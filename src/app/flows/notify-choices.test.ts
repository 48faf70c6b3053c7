import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiCall } from '#testing/harness/api-call.ts';
import type { ApiCall } from '#testing/harness/api-call.ts';
import { ApiHouse } from '#testing/harness/api-house.ts';
import { SmtpPeer } from '#testing/peers/smtp-peer.ts';

// What people choose about notifications, and where they are reached, by the API of a whole house.
type Target = { readonly id: string; readonly personId: string; readonly address: string; readonly problem: string | null };
type Preferences = {
  readonly personId: string;
  readonly kinds: Readonly<Record<string, { readonly channels: readonly string[]; readonly inQuiet: string }>>;
  readonly available: readonly { readonly channel: string; readonly isSetUp: boolean }[];
};

let house: ApiHouse;
let admin: ApiCall;
let sara: ApiCall;
let ben: ApiCall;
let mail: SmtpPeer;

beforeAll(async () => {
  house = await ApiHouse.start();
  admin = house.ask;
  const base = house.url.replace(/\/api$/, '');
  sara = apiCall(base, house.userToken);
  const { id } = await admin<{ id: string }>('POST', '/users', { username: 'ben', name: 'Ben' });
  ben = apiCall(base, (await admin<{ token: string }>('POST', '/api-tokens', { name: 'Ben', personId: id })).token);
  mail = await SmtpPeer.start({ security: 'none', login: null });
});
afterAll(async () => {
  await mail[Symbol.asyncDispose]();
  await house[Symbol.asyncDispose]();
});

describe('what a person is told', () => {
  it('is what they choose, and stays so; the rest is as everybody has it', async () => {
    const before = await sara<Preferences>('GET', '/notifications/preferences/me');
    expect(before.kinds['incoming-call']).toMatchObject({
      channels: ['gotify', 'ntfy', 'home-assistant', 'web-push'],
      inQuiet: 'drop',
    });
    const night = [{ days: [1, 2, 3, 4, 5], from: '22:00', to: '07:00' }];
    const change = { quietHours: night, language: 'fr', kinds: { voicemail: { channels: ['mail'] } } };
    const changed = await sara<Preferences>('PATCH', '/notifications/preferences/me', change);
    expect(changed).toMatchObject({ quietHours: night, language: 'fr', gatherMails: false, houseItems: true });
    expect(changed.kinds['voicemail']).toMatchObject({ channels: ['mail'], inQuiet: 'later' });
    expect(await admin<Preferences>('GET', `/notifications/preferences/${before.personId}`)).toEqual(changed);
    expect((await ben<Preferences>('GET', '/notifications/preferences/me')).kinds['voicemail']?.channels).toContain('ntfy');
  });

  it('is nobody else’s to see or change but an administrator’s', async () => {
    const { personId } = await sara<Preferences>('GET', '/notifications/preferences/me');
    await expect(ben('GET', `/notifications/preferences/${personId}`)).rejects.toThrow('404');
    await expect(ben('PATCH', `/notifications/preferences/${personId}`, { houseItems: false })).rejects.toThrow('404');
    expect(await admin('PATCH', `/notifications/preferences/${personId}`, { houseItems: false })).toMatchObject({
      houseItems: false,
    });
  });

  it('is never a mail that it rings, and the refusal names the field', async () => {
    const change = { kinds: { 'incoming-call': { channels: ['mail'] } } };
    await expect(sara('PATCH', '/notifications/preferences/me', change)).rejects.toThrow(/400.*kinds\.incoming-call\.channels/s);
  });
});

describe('where a person is reached', () => {
  it('is theirs alone, and shows nothing that is secret', async () => {
    const target = await sara<Target>('POST', '/notifications/targets', { channel: 'ntfy', topic: 'saras-own-topic' });
    expect(target).toMatchObject({ channel: 'ntfy', address: '…pic', isEnabled: true, problem: null });
    const list = (ask: ApiCall, query = '') =>
      ask<{ total: number; items: readonly Target[] }>('GET', `/notifications/targets${query}`);
    expect(JSON.stringify(await list(admin))).not.toContain('saras-own-topic');
    expect((await list(ben)).total).toBe(0);
    expect((await list(ben, `?person=${target.personId}`)).total).toBe(0);
    expect((await list(admin, `?person=${target.personId}`)).total).toBe(1);
    for (const [method, path] of [
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/test'],
    ] as const)
      await expect(ben(method, `/notifications/targets/${target.id}${path}`, {})).rejects.toThrow('404');
    const forSara = { channel: 'ntfy', topic: 'x', personId: target.personId };
    await expect(ben('POST', '/notifications/targets', forSara)).rejects.toThrow('403');
    const forNobody = { ...forSara, personId: 'person_gone' };
    await expect(admin('POST', '/notifications/targets', forNobody)).rejects.toThrow(/400.*personId/s);
    await sara('DELETE', `/notifications/targets/${target.id}`);
    expect((await list(admin)).total).toBe(0);
  });

  it('is tried at once, says why it fails, and not all the time', async () => {
    const { id } = await sara<Target>('POST', '/notifications/targets', { channel: 'mail', address: 'sara@example.org' });
    expect(await sara('POST', `/notifications/targets/${id}/test`)).toMatchObject({ isDelivered: false, reason: 'not-set-up' });
    await expect(sara('POST', `/notifications/targets/${id}/test`)).rejects.toThrow('429');
    const from = { address: 'house@example.org', name: 'House' };
    const smtp = {
      service: 'smtp',
      host: '127.0.0.1',
      port: mail.port,
      security: 'none',
      username: null,
      allowsOwnNetwork: true,
      from,
    };
    await admin('PUT', '/notifications/channels/mail', { channel: 'mail', settings: smtp });
    expect(await admin('POST', `/notifications/targets/${id}/test`)).toMatchObject({ isDelivered: true, reason: null });
    expect(mail.mails.map(({ to }) => to)).toEqual([['sara@example.org']]);
    const { available } = await sara<Preferences>('GET', '/notifications/preferences/me');
    expect(available).toContainEqual({ channel: 'mail', isSetUp: true, problem: null });
  });

  it('is no phone of Home Assistant that is not known to be theirs, unless an administrator adds it', async () => {
    const { personId } = await sara<Preferences>('GET', '/notifications/preferences/me');
    const phone = { channel: 'home-assistant', target: 'mobile_app_somebodys_phone' };
    await expect(sara('POST', '/notifications/targets', phone)).rejects.toThrow(/400.*an administrator can add it/s);
    expect(await admin('POST', '/notifications/targets', { ...phone, personId })).toMatchObject({ address: phone.target });
    await expect(admin('POST', '/notifications/targets', { ...phone, personId })).rejects.toThrow(/409.*target/s);
  });
});
