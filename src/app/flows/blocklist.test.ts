import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppHarness, origin } from '#testing/harness/app-harness.ts';
import { TwilioEmulator } from '#testing/twilio/emulator.ts';

// Who may block whom, through the API of the whole house.
const ours = '+14155550199';
const other = '+14155550188';
const theirs = '+14155550123';

type Entry = {
  id: string;
  kind: string;
  pattern: string;
  reason: string;
  personId: string | null;
  enabled: boolean;
  hits: number;
};
type Page<Item> = { items: Item[]; total: number };
type Report = { added: number; known: number; refused: number; problems: { line: number; message: string }[] };

class Harness extends AppHarness {
  static async start(): Promise<Harness> {
    const harness = new Harness('anna');
    const twilio = await TwilioEmulator.start({
      clock: harness.clock,
      voice: () => Promise.resolve(harness.voice),
      numbers: [{ phoneNumber: ours }, { phoneNumber: other }],
    });
    for (const number of [ours, other]) {
      Object.assign(twilio.state.numberOf(number) ?? {}, {
        sms_url: `${origin}/api/webhooks/sms/inbound`,
        sms_fallback_url: `${origin}/api/webhooks/sms/fallback`,
        voice_url: `${origin}/api/webhooks/voice/inbound`,
        status_callback: `${origin}/api/webhooks/voice/status`,
      });
    }
    await harness.begin(twilio, ['anna', 'ben']);
    for (const [name, number] of [
      ['anna', ours],
      ['ben', other],
    ] as const) {
      await harness.json('POST', '/dids', { number, ownerPersonId: harness.persons.get(name)?.id });
    }
    return harness;
  }

  async receiveMessage(): Promise<string> {
    let isOver = false;
    void this.twilio.sendSmsFrom(theirs, ours, { body: 'You have won' }).then(() => (isOver = true));
    await this.until(async () => isOver || undefined);
    const [message] = (await this.json<Page<{ id: string }>>('GET', '/messages', undefined, 'anna')).items;
    return message?.id ?? '';
  }

  /** What became of a call, which ends before anything rings or when the caller has heard enough. */
  async call(from: string): Promise<{ disposition: string; reason: string; caller: { name: string } }> {
    const caller = this.twilio.callFrom(from, ours);
    let isOver = false;
    void caller.over.then(() => (isOver = true));
    let rounds = 0;
    await this.until(async () => {
      rounds += 1;
      if (rounds === 20) caller.hangUp();
      return isOver || undefined;
    });
    return await this.until(async () => {
      const [newest] = (
        await this.json<Page<{ disposition: string; reason: string; caller: { number: string; name: string } }>>('GET', '/cdrs')
      ).items;
      return newest?.caller.number === from && newest.disposition !== null ? newest : undefined;
    });
  }

  upload(text: string, who = 'admin'): Promise<Response> {
    return this.fetch('/blocklist/import', who, { method: 'POST', body: text, headers: { 'Content-Type': 'text/csv' } });
  }
}

describe('the blocklist of the whole house', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await Harness.start();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  const list = (who: string, query = '') => harness.json<Page<Entry>>('GET', `/blocklist${query}`, undefined, who);

  it('takes what an administrator enters, says what is wrong at the field, and lets callers through again', async () => {
    const entry = await harness.json<Entry>('POST', '/blocklist', { kind: 'prefix', pattern: '1 900', reason: 'Dear' });
    expect(entry).toMatchObject({ kind: 'prefix', pattern: '+1900', reason: 'Dear', personId: null, enabled: true, hits: 0 });
    const refused = await harness.fetch('/blocklist', 'admin', {
      method: 'POST',
      body: JSON.stringify({ kind: 'regex', pattern: '(?<=1)2' }),
      headers: { 'Content-Type': 'application/json' },
    });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      error: {
        code: 'VALIDATION_ERROR',
        details: [{ field: 'pattern', message: expect.stringMatching(/^error parsing regexp: /) }],
      },
    });
    expect(await harness.status('POST', '/blocklist', { kind: 'prefix', pattern: '+1 (900)' }, 'admin')).toBe(409);
    const off = await harness.json<Entry>('PATCH', `/blocklist/${entry.id}`, { enabled: false, reason: 'Very dear' });
    expect(off).toMatchObject({ pattern: '+1900', enabled: false, reason: 'Very dear' });
    await harness.json('DELETE', `/blocklist/${entry.id}`);
    expect((await list('admin')).total).toBe(0);
  });

  it('lets a person block who wrote to them for calls to themselves, and nobody else sees it but an administrator', async () => {
    const messageId = await harness.receiveMessage();
    expect(await harness.status('POST', '/blocklist/from-message', { messageId }, 'ben')).toBe(400);
    expect(await harness.status('POST', '/blocklist/from-call', { callId: 'call_none' }, 'ben')).toBe(400);
    const entry = await harness.json<Entry>('POST', '/blocklist/from-message', { messageId, reason: 'Spam' }, 'anna');
    expect(entry).toMatchObject({ kind: 'exact', pattern: theirs, personId: harness.persons.get('anna')?.id });
    expect((await list('anna')).total).toBe(1);
    expect((await list('ben')).total).toBe(0);
    expect((await list('ben', `?person=${harness.persons.get('anna')?.id}`)).total).toBe(0);
    expect((await list('admin')).total).toBe(1);
    for (const [method, body] of [['GET'], ['PATCH', { enabled: false }], ['DELETE']] as const) {
      expect(await harness.status(method, `/blocklist/${entry.id}`, body, 'ben')).toBe(404);
    }
    expect(await harness.status('GET', '/blocklist/export.csv', undefined, 'anna')).toBe(403);
    const forHouse = { kind: 'exact', pattern: theirs, owner: 'house' };
    expect(await harness.status('POST', '/blocklist', forHouse, 'anna')).toBe(403);
    expect((await harness.upload('+14155550100', 'anna')).status).toBe(403);
    const house = await harness.json<Entry>('POST', '/blocklist/from-message', { messageId });
    expect(house.personId).toBeNull();
    await harness.json('DELETE', `/blocklist/${house.id}`);
    await harness.json('DELETE', `/blocklist/${entry.id}`, undefined, 'anna');
    expect((await list('admin')).total).toBe(0);
  });

  it('takes a number that a person types for calls to themselves, and an administrator chooses for whom', async () => {
    const typed = { kind: 'prefix', pattern: '+1900' };
    const own = await harness.json<Entry>('POST', '/blocklist', typed, 'anna');
    expect(own.personId).toBe(harness.persons.get('anna')?.id);
    expect((await list('ben')).total).toBe(0);
    const house = await harness.json<Entry>('POST', '/blocklist', { ...typed, owner: 'house' });
    expect(house.personId).toBeNull();
    for (const { id } of [own, house]) await harness.json('DELETE', `/blocklist/${id}`);
  });

  it('comes in as a CSV file without its bad lines, and goes out as one that no spreadsheet runs', async () => {
    const response = await harness.upload('kind,pattern,reason\nexact,415 555 0100,=1+1\nexact,nobody,\nregex,^\\+1900,two\n');
    expect(response.status).toBe(200);
    expect((await response.json()) as Report).toMatchObject({ added: 2, refused: 1, problems: [{ line: 3 }] });
    const file = await harness.fetch('/blocklist/export.csv', 'admin');
    expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="blocklist.csv"');
    expect(await file.text()).toContain("exact,+14155550100,'=1+1,true,0\r\n");
    expect((await harness.fetch('/blocklist/export.csv', 'admin', { method: 'HEAD' })).status).toBe(200);
    const after = await harness.upload('"'.repeat(11 * 1024 * 1024));
    expect(after.status).toBe(413);
    const kinds: readonly string[] = (await list('admin', '?text=1900&sort=hits')).items.map(({ kind }) => kind);
    expect(kinds).toEqual(['regex']);
  });

  it('has lists of reported numbers beside it, which are off until an administrator switches them on', async () => {
    type List = { id: string; enabled: boolean; numbers: number; importedAt: string | null; url: string | null };
    const made = await harness.json<List>('POST', '/spam-lists', { name: 'Reported' });
    expect(made).toMatchObject({ enabled: false, numbers: 0, importedAt: null, url: null, hasToken: false, country: 'US' });
    const file = { method: 'POST', body: '415 555 0166\n+1900*\nnobody', headers: { 'Content-Type': 'text/csv' } };
    const report = await harness.fetch(`/spam-lists/${made.id}/import`, 'admin', file);
    expect((await report.json()) as Report).toMatchObject({ added: 2, refused: 1, problems: [{ line: 3 }] });
    const on = await harness.json<List>('PATCH', `/spam-lists/${made.id}`, { enabled: true });
    expect(on).toMatchObject({ enabled: true, numbers: 2, importedAt: expect.any(String) as string });
    expect(await harness.status('POST', `/spam-lists/${made.id}/refresh`, undefined, 'admin')).toBe(409);
    for (const url of ['http://lists.example.org/x', 'file:///etc/passwd', 'lists']) {
      expect(await harness.status('POST', '/spam-lists', { name: 'Bad', url }, 'admin')).toBe(400);
    }
    expect(await harness.status('GET', '/spam-lists', undefined, 'anna')).toBe(403);
    expect((await harness.fetch(`/spam-lists/${made.id}/import`, 'anna', file)).status).toBe(403);
    expect((await harness.json<Page<List>>('GET', '/spam-lists')).items.map(({ id }) => id)).toEqual([made.id]);
    await harness.json('DELETE', `/spam-lists/${made.id}`);
    expect(await harness.status('GET', `/spam-lists/${made.id}`, undefined, 'admin')).toBe(404);
  });

  it('keeps callers out who are blocked or reported, counts them, and lets through whom the house knows', async () => {
    const entry = await harness.json<Entry>('POST', '/blocklist', { kind: 'prefix', pattern: '+14155550144' });
    expect(await harness.call('+14155550144')).toMatchObject({ disposition: 'blocked', reason: 'blocklist' });
    expect(await harness.json<Entry>('GET', `/blocklist/${entry.id}`)).toMatchObject({ hits: 1 });
    const { id } = await harness.json<{ id: string }>('POST', '/spam-lists', { name: 'Reported', enabled: true });
    const file = { method: 'POST', body: '+14155550145', headers: { 'Content-Type': 'text/csv' } };
    expect((await harness.fetch(`/spam-lists/${id}/import`, 'admin', file)).status).toBe(200);
    expect(await harness.call('+14155550145')).toMatchObject({ disposition: 'blocked', reason: 'spam-list' });
    await harness.json('POST', '/contacts', { name: 'New doctor', numbers: [{ number: '+14155550145' }] });
    const call = await harness.call('+14155550145');
    expect(call.disposition).not.toBe('blocked');
    expect(call.caller.name).toBe('New doctor');
  });
});
