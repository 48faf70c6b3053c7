import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppHarness, origin } from '#testing/harness/app-harness.ts';
import { CarddavServer } from '#testing/peers/carddav-server.ts';
import { TwilioEmulator } from '#testing/twilio/emulator.ts';

// The address book through the API of the whole house: who sees, changes, imports and exports what.
type Contact = {
  id: string;
  personId: string | null;
  name: string;
  numbers: { number: string; label: string }[];
  groups: string[];
};
type Page<Item> = { items: Item[]; total: number };
type Report = { added: number; known: number; changed: number; refused: number; problems: { line: number; message: string }[] };
type Problem = { error: { code: string; details: { field: string; message: string }[] } };

class Harness extends AppHarness {
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
    await harness.json('POST', '/dids', { number: ours, ownerPersonId: harness.persons.get('anna')?.id });
    return harness;
  }

  async receiveMessage(from: string): Promise<void> {
    let isOver = false;
    void this.twilio.sendSmsFrom(from, ours, { body: 'It is me' }).then(() => (isOver = true));
    await this.until(async () => isOver || undefined);
  }

  async list(who: string, query = ''): Promise<readonly string[]> {
    const { items } = await this.json<Page<Contact>>('GET', `/contacts?order=asc${query}`, undefined, who);
    return items.map(({ name }) => name);
  }

  upload(text: string | Buffer, type = 'text/vcard', who = 'anna', query = ''): Promise<Response> {
    return this.fetch(`/contacts/import${query}`, who, { method: 'POST', body: text, headers: { 'Content-Type': type } });
  }
}

const ours = '+14155550199';
const card = (name: string, number: string) => `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:${name}\r\nTEL:${number}\r\nEND:VCARD\r\n`;

describe('the address book of the whole house', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await Harness.start();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  it('has the house’s contacts for everybody and each person’s own for that person', async () => {
    const numbers = [{ number: '415 555 0123', label: 'mobile' }];
    const doctor = await harness.json<Contact>('POST', '/contacts', { name: 'Doctor', numbers, groups: ['VIP'] });
    expect(doctor).toMatchObject({ personId: null, numbers: [{ number: '+14155550123', label: 'mobile' }], groups: ['VIP'] });
    const friend = await harness.json<Contact>('POST', '/contacts', { name: 'Friend', numbers }, 'anna');
    expect(friend.personId).toBe(harness.persons.get('anna')?.id);
    expect(await harness.list('anna')).toEqual(['Doctor', 'Friend']);
    expect(await harness.list('ben')).toEqual(['Doctor']);
    expect(await harness.list('admin')).toEqual(['Doctor', 'Friend']);
    expect(await harness.list('anna', '&text=5550123&group=vip')).toEqual(['Doctor']);
    expect(await harness.list('anna', '&number=%2B14155550123')).toEqual(['Doctor', 'Friend']);
    for (const [method, body] of [['GET'], ['PATCH', { name: 'X' }], ['DELETE']] as const) {
      expect(await harness.status(method, `/contacts/${friend.id}`, body, 'ben')).toBe(404);
    }
    for (const [method, body] of [['PATCH', { groups: ['VIP'] }], ['DELETE']] as const) {
      expect(await harness.status(method, `/contacts/${doctor.id}`, body, 'ben')).toBe(403);
    }
    for (const personId of [null, harness.persons.get('anna')?.id]) {
      expect(await harness.status('POST', '/contacts', { name: 'Spy', numbers, personId }, 'ben')).toBe(403);
    }
    await harness.json('PATCH', `/contacts/${friend.id}`, { name: 'Best friend' }, 'anna');
    await harness.json('DELETE', `/contacts/${doctor.id}`);
    expect(await harness.list('anna')).toEqual(['Best friend']);
    await harness.json('DELETE', `/contacts/${friend.id}`, undefined, 'anna');
  });

  it('gives a contact from a person to the whole house and back, where an administrator does it', async () => {
    const [anna, ben] = ['anna', 'ben'].map((name) => harness.persons.get(name)?.id);
    const numbers = [{ number: '+14155550177', label: '' }];
    const friend = await harness.json<Contact>('POST', '/contacts', { name: 'Friend', numbers }, 'anna');
    const path = `/contacts/${friend.id}`;
    for (const personId of [null, ben]) expect(await harness.status('PATCH', path, { personId }, 'anna')).toBe(403);
    await harness.json('PATCH', path, { personId: null });
    expect(await harness.list('ben')).toEqual(['Friend']);
    expect(await harness.list('anna', '&owner=me')).toEqual([]);
    expect(await harness.list('anna', '&owner=house')).toEqual(['Friend']);
    expect(await harness.status('PATCH', path, { personId: 'person_nobody' }, 'admin')).toBe(400);
    expect(await harness.status('POST', '/contacts', { name: 'X', numbers, personId: 'person_nobody' }, 'admin')).toBe(400);
    await harness.json('PATCH', path, { personId: anna });
    expect(await harness.list('ben')).toEqual([]);
    expect(await harness.list('anna', '&owner=me')).toEqual(['Friend']);
    await harness.json('DELETE', path);
  });

  it('makes one of contacts that are twice, for whoever may change them, and alarms go on to the one that is kept', async () => {
    const add = (name: string, number: string, who: string, groups: string[] = []) =>
      harness.json<Contact>('POST', '/contacts', { name, numbers: [{ number }], groups }, who);
    const doubles = async (who: string) => {
      type Doubles = { items: { number: string | null; contacts: Contact[] }[]; total: number };
      const { items } = await harness.json<Doubles>('GET', '/contacts/doubles', undefined, who);
      return items.map(({ number, contacts }) => [number, ...contacts.map(({ name }) => name)]);
    };
    const [kept, gone] = [await add('Mum', '+14155550130', 'admin'), await add('Mother', '+14155550130', 'admin', ['VIP'])];
    const own = [await add('Dentist', '+14155550131', 'anna'), await add('dentist', '+14155550132', 'anna')];
    expect(await doubles('admin')).toEqual([['+14155550130', 'Mother', 'Mum']]);
    expect(await doubles('anna')).toEqual([[null, 'Dentist', 'dentist']]);
    expect(await doubles('ben')).toEqual([]);
    const ids = [kept.id, gone.id];
    expect(await harness.status('POST', '/contacts/merge', { ids }, 'anna')).toBe(403);
    expect(await harness.status('POST', '/contacts/merge', { ids: own.map(({ id }) => id) }, 'ben')).toBe(400);
    expect(await harness.status('POST', '/contacts/merge', { ids: [kept.id, own[0]?.id] }, 'admin')).toBe(409);
    const targets = [{ kind: 'contact', id: gone.id }];
    type Chain = { id: string; steps: { targets: unknown[] }[]; problems: unknown[] };
    const chain = await harness.json<Chain>('POST', '/escalation-chains', { name: 'Fall', steps: [{ targets, seconds: 20 }] });
    const merged = await harness.json<Contact>('POST', '/contacts/merge', { ids });
    expect(merged).toMatchObject({ id: kept.id, name: 'Mum', groups: ['VIP'] });
    expect(await harness.status('GET', `/contacts/${gone.id}`, undefined, 'admin')).toBe(404);
    const after = await harness.json<Chain>('GET', `/escalation-chains/${chain.id}`);
    expect(after.steps[0]?.targets).toEqual([{ kind: 'contact', id: kept.id, number: '+14155550130' }]);
    expect(await harness.status('POST', '/contacts/merge', { ids: own.map(({ id }) => id) }, 'anna')).toBe(200);
    expect(await harness.list('anna')).toEqual(['Dentist', 'Mum']);
    await harness.json('DELETE', `/escalation-chains/${chain.id}`);
    for (const id of [kept.id, own[0]?.id]) await harness.json('DELETE', `/contacts/${id}`);
  });

  it('says which number of a contact is none', async () => {
    const response = await harness.fetch('/contacts', 'anna', {
      method: 'POST',
      body: JSON.stringify({ name: 'Anna', numbers: [{ number: '+14155550123' }, { number: 'at work' }] }),
      headers: { 'Content-Type': 'application/json' },
    });
    expect(response.status).toBe(400);
    expect(((await response.json()) as Problem).error.details).toEqual([
      { field: 'numbers.1.number', message: expect.stringMatching(/^is not a phone number/) as string },
    ]);
  });

  it('takes the files of other programs, and gives back its own', async () => {
    const file = card('Anna', '+14155550101') + card('Nobody', 'none') + card('=1+1', '+14155550102');
    const report = (await (await harness.upload(file)).json()) as Report;
    expect(report).toMatchObject({ added: 2, refused: 1, problems: [{ line: 6 }] });
    expect(await harness.list('ben')).toEqual([]);
    const more = (await (await harness.upload('Name,Phone\nBen,+14155550103\n', 'text/csv', 'admin')).json()) as Report;
    expect(more).toMatchObject({ added: 1, refused: 0 });
    expect((await harness.upload(file, 'text/vcard', 'ben', '?owner=house')).status).toBe(403);
    const csv = await harness.fetch('/contacts/export.csv', 'ben');
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="contacts.csv"');
    expect(await csv.text()).toBe('name,groups,phone,phone labels\r\nBen,"",+14155550103,""\r\n');
    const own = await (await harness.fetch('/contacts/export.csv', 'anna')).text();
    expect(own).toContain("\r\n'=1+1,");
    const cards = await (await harness.fetch('/contacts/export.vcf', 'anna')).text();
    expect(cards.match(/^FN:.*$/gm)).toEqual(['FN:Anna', 'FN:=1+1', 'FN:Ben']);
  });

  it('refuses a file of 78 MB at the door, and what a web page could send unasked', async () => {
    const large = await harness.upload(Buffer.alloc(78 * 1024 * 1024, 'BEGIN:VCARD\n')).then(
      ({ status }) => status,
      // The door closes before all of it was sent.
      () => 'closed',
    );
    expect([413, 'closed']).toContain(large);
    expect((await harness.upload(card('Form', '+14155550104'), 'text/plain')).status).toBe(415);
    expect(await harness.list('anna', '&text=form')).toEqual([]);
  });

  it('names who writes, as the one who is written to knows them', async () => {
    const from = '+14155550177';
    const numbers = [{ number: from }];
    await harness.receiveMessage(from);
    type Named = { farNumber: string; farName: string };
    const names = async (path: string, who = 'anna') =>
      (await harness.json<Page<Named>>('GET', path, undefined, who)).items.map(({ farName }) => farName);
    expect(await names('/messages')).toEqual(['']);
    await harness.json('POST', '/contacts', { name: 'The dragon', numbers }, 'ben');
    expect(await names('/messages')).toEqual(['']);
    await harness.json('POST', '/contacts', { name: 'Mrs. Miller', numbers });
    expect(await names('/messages/conversations')).toEqual(['Mrs. Miller']);
    const mum = await harness.json<Contact>('POST', '/contacts', { name: 'Mum', numbers }, 'anna');
    expect(await names('/messages')).toEqual(['Mum']);
    expect(await names('/messages/conversations', 'admin')).toEqual(['Mum']);
    await harness.json('DELETE', `/contacts/${mum.id}`, undefined, 'anna');
    expect(await names('/messages')).toEqual(['Mrs. Miller']);
  });

  it('is read from the server of the family, where an administrator says so', async () => {
    await using server = await CarddavServer.start();
    server.books = { family: { 'gran.vcf': 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Gran\r\nTEL:+14155550188\r\nEND:VCARD' } };
    const account = { name: 'Cloud', url: server.url, username: 'anna', password: 'right' };
    expect(await harness.status('POST', '/address-books', account)).toBe(403);
    expect(await harness.status('POST', '/address-books', { ...account, url: 'http://cloud.example.org/' }, 'admin')).toBe(400);
    type Book = { id: string; problem: string | null; syncedAt: string | null };
    const book = await harness.json<Book>('POST', '/address-books', account);
    expect(JSON.stringify(book)).not.toContain('right');
    expect(await harness.json<Book>('POST', `/address-books/${book.id}/sync`)).toMatchObject({
      problem: null,
      syncedAt: expect.any(String) as string,
    });
    const [gran] = (await harness.json<Page<Contact>>('GET', '/contacts?text=gran', undefined, 'ben')).items;
    expect(gran).toMatchObject({ name: 'Gran', personId: null, addressBookId: book.id });
    expect(await harness.status('PATCH', `/contacts/${gran?.id}`, { name: 'X' }, 'admin')).toBe(409);
    expect(await harness.status('DELETE', `/contacts/${gran?.id}`, undefined, 'admin')).toBe(409);
    await harness.json('PATCH', `/contacts/${gran?.id}`, { groups: ['VIP'] });
    await harness.json('DELETE', `/address-books/${book.id}`);
    expect(await harness.list('admin', '&text=gran')).toEqual([]);
  });
});
