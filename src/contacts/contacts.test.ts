import { beforeEach, describe, expect, it } from 'vitest';
import { Events } from '#base/events.ts';
import { newId } from '#base/ids.ts';
import type { PersonId } from '#base/ids.ts';
import type { Facts } from '#contract/facts.ts';
import { createLog } from '#base/log.ts';
import { toE164 } from '#numbers/e164.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import type { Contact } from './contact.ts';
import { writeContactRows } from './contact-csv.ts';
import { ContactImport } from './contact-import.ts';
import { ContactStore } from './contact-store.ts';
import { Contacts } from './contacts.ts';
import type { ContactInput } from './contacts.ts';
import { writeVcards } from './vcard-writer.ts';

const log = createLog({ level: 'silent' });
const anna = 'person_anna' as PersonId;
const ben = 'person_ben' as PersonId;
const everyPage = { limit: 100, offset: 0, sort: 'name', order: 'asc' } as const;

let clock: FakeClock;
let db: OpenedDatabase['db'];
let store: ContactStore;
let contacts: Contacts;
let events: Events<Facts>;
let replaced: unknown[] = [];

beforeEach(() => {
  clock = new FakeClock();
  events = new Events(log);
  replaced = [];
  ({ db } = openDatabase({ path: ':memory:', log, clock }));
  const person = db.prepare('INSERT INTO users (id, username, name, role, created_at, changed_at) VALUES (?, ?, ?, ?, 0, 0)');
  for (const id of [anna, ben]) person.run(id, id, id, 'user');
  contacts = open();
});

/** As after a restart. */
function open(): Contacts {
  store = new ContactStore(db);
  return new Contacts({
    store,
    writes: new WriteBatch({ db, log }),
    clock,
    newId,
    events,
    merged: (gone, kept) => (replaced.push([gone, kept]), () => {}),
  });
}

function add(name: string, number: string, more: Partial<ContactInput> = {}): Promise<Contact> {
  const input = { personId: undefined, groups: [], cardGroups: [], uid: undefined, addressBookId: undefined, ...more };
  return contacts.create({ name, numbers: [{ number, label: '' }], ...input });
}

function importFile(text: string, personId?: PersonId) {
  const read = (number: string) => toE164(number, 'DE');
  return new ContactImport({ contacts, store, clock, newId, read }, personId).run(text);
}

function shown(): readonly (readonly [name: string, ...numbers: string[]])[] {
  return store.find({}, everyPage).items.map(({ name, numbers }) => [name, ...numbers.map(({ number }) => number)] as const);
}

describe('a caller', () => {
  it('is known by any of the numbers of a contact, also after a restart, until it is changed or removed', async () => {
    const doctor = await add('Doctor', '+4930901820', { groups: ['VIP'] });
    await contacts.change(doctor, { numbers: [...doctor.numbers, { number: '+4930901821', label: 'work' }] });
    for (const now of [contacts, open()]) {
      contacts = now;
      expect(contacts.byNumber('+4930901821')).toEqual({ id: doctor.id, name: 'Doctor', groups: ['VIP'] });
    }
    const changed = store.byId(doctor.id);
    if (changed === undefined) throw new Error('The contact is gone');
    await contacts.change(changed, { name: 'Dr. No', numbers: [{ number: '+4930901822', label: '' }] });
    expect(contacts.byNumber('+4930901820')).toBeUndefined();
    expect(contacts.byNumber('+4930901822')?.name).toBe('Dr. No');
    await contacts.delete(changed);
    expect(contacts.byNumber('+4930901822')?.name).toBe('Dr. No');
    await contacts.delete({ ...changed, numbers: [{ number: '+4930901822', label: '' }] });
    expect(contacts.byNumber('+4930901822')).toBeUndefined();
    expect(contacts.byNumber(undefined)).toBeUndefined();
  });

  it("has the name that the called person gave, else the house's, never another person's", async () => {
    const number = '+4930901820';
    await add('Mum', number, { personId: anna });
    await add('Dragon', number, { personId: ben });
    expect(contacts.byNumber(number)).toBeUndefined();
    await add('Mrs. Miller', number);
    expect([undefined, anna, ben, 'person_other' as const].map((id) => contacts.byNumber(number, id)?.name)).toEqual([
      'Mrs. Miller',
      'Mum',
      'Dragon',
      'Mrs. Miller',
    ]);
    const forget = contacts.releasePerson(anna);
    db.prepare('DELETE FROM users WHERE id = ?').run(anna);
    forget();
    expect(contacts.byNumber(number, anna)?.name).toBe('Mrs. Miller');
    expect(open().byNumber(number, anna)?.name).toBe('Mrs. Miller');
  });

  it('has the name of the whole house’s contact once a person gives it theirs, and both are told', async () => {
    const told: unknown[] = [];
    for (const name of ['contact.created', 'contact.changed', 'contact.deleted'] as const)
      events.on(name, ({ personId }) => told.push([name, personId]));
    const mum = await add('Mum', '+4930901820', { personId: anna });
    await contacts.change(mum, { personId: undefined });
    expect(contacts.byNumber('+4930901820', ben)?.name).toBe('Mum');
    expect(open().byNumber('+4930901820', ben)?.name).toBe('Mum');
    expect(told).toEqual([
      ['contact.created', anna],
      ['contact.deleted', anna],
      ['contact.created', null],
    ]);
  });

  it('is named among twenty thousand contacts in far less than a millisecond', async () => {
    const saved = Array.from({ length: 20_000 }, (_, index): Contact => ({
      id: newId('contact'),
      personId: undefined,
      name: `Contact ${index}`,
      numbers: [{ number: `+4930${1_000_000 + index}`, label: '' }],
      groups: [],
      cardGroups: [],
      uid: undefined,
      addressBookId: undefined,
      createdAt: 0,
      changedAt: 0,
    }));
    await contacts.apply({ saved, deleted: [] });
    const from = performance.now();
    for (let index = 0; index < 20_000; index += 1) contacts.byNumber(`+4930${1_000_000 + index}`);
    expect((performance.now() - from) / 20_000).toBeLessThan(0.1);
    await expect(add('One more', '+4930901820')).rejects.toThrow(/20000 contacts already/);
  }, 60_000);
});

describe('the list of contacts', () => {
  it('is in the order of the alphabet, whatever accents and capitals names have', async () => {
    for (const [index, name] of ['Zoe', 'Élodie', 'felix', 'Ärztin', 'Anna'].entries()) await add(name, `+493090182${index}`);
    expect(shown().map(([name]) => name)).toEqual(['Anna', 'Ärztin', 'Élodie', 'felix', 'Zoe']);
  });
});

describe('contacts that are twice', () => {
  it('are found by what they share, only among those of one owner, and each group once', async () => {
    const mum = await add('Mum', '+4930901820');
    await add('mum', '+4930901820', { groups: ['VIP'] });
    await add('Mum', '+4930901820', { personId: anna });
    await add('Dad', '+4930901820');
    await add('Doctor', '+4930901821', { personId: anna });
    await add('Dr. Weber', '+4930901821', { personId: anna });
    const found = (personId?: PersonId) =>
      contacts.doubles(personId, 50).items.map(({ number, contacts: all }) => [number, ...all.map(({ name }) => name)]);
    expect(found()).toEqual([
      [undefined, 'mum', 'Mum'],
      ['+4930901820', 'mum', 'Mum', 'Dad'],
    ]);
    expect(found(anna)).toEqual([['+4930901821', 'Doctor', 'Dr. Weber']]);
    expect(found(ben)).toEqual([]);
    expect(contacts.doubles(undefined, 1)).toMatchObject({ total: 2, items: [{}] });
    await contacts.change(mum, { name: 'Grandma' });
    expect(found()).toEqual([['+4930901820', 'mum', 'Dad', 'Grandma']]);
  });

  it('become one whom callers are known by at once and after a restart, and whoever names the others is told', async () => {
    const one = await add('Mum', '+4930901820');
    const two = await add('Mother', '+4930901821', { groups: ['VIP'] });
    const merged = await contacts.merge([one.id, two.id]);
    expect(merged).toMatchObject({ id: one.id, name: 'Mum', groups: ['VIP'] });
    for (const now of [contacts, open()]) {
      expect(now.byNumber('+4930901821')).toEqual({ id: one.id, name: 'Mum', groups: ['VIP'] });
      expect(now.byId(two.id)).toBeUndefined();
    }
    expect(replaced).toEqual([[[two.id], one.id]]);
    await expect(contacts.merge([one.id, two.id])).rejects.toThrow(/not there any more/);
    expect(shown()).toEqual([['Mum', '+4930901820', '+4930901821']]);
  });

  it('stay as they are where they cannot be one', async () => {
    const one = await add('Mum', '+4930901820');
    const two = await add('Mum', '+4930901820', { personId: anna });
    await expect(contacts.merge([one.id, two.id])).rejects.toThrow(/one owner/);
    expect(shown()).toHaveLength(2);
    expect(replaced).toEqual([]);
  });

  it('are found among twenty thousand in no time', async () => {
    const saved = Array.from({ length: 19_000 }, (_, index): Contact => ({
      id: newId('contact'),
      personId: undefined,
      name: `Contact ${index % 9_500}`,
      numbers: [{ number: `+4930${1_000_000 + index}`, label: '' }],
      groups: [],
      cardGroups: [],
      uid: undefined,
      addressBookId: undefined,
      createdAt: 0,
      changedAt: 0,
    }));
    await contacts.apply({ saved, deleted: [] });
    const from = performance.now();
    expect(contacts.doubles(undefined, 50)).toMatchObject({ total: 500 });
    expect(performance.now() - from).toBeLessThan(500);
  }, 60_000);
});

describe('a file of contacts', () => {
  const card = (name: string, number: string, more: readonly string[] = []) =>
    ['BEGIN:VCARD', 'VERSION:3.0', `FN:${name}`, `TEL:${number}`, ...more, 'END:VCARD', ''].join('\r\n');

  it('is taken with numbers as they are called, and what is no contact is listed', async () => {
    const text = [
      card('Anna', '030 901820', ['CATEGORIES:VIP']),
      card('Ben', 'no number'),
      card('', '+49 30 901821', ['N:;;;;']),
      ['BEGIN:VCARD', 'VERSION:3.0', 'FN:Mail only', 'END:VCARD', ''].join('\r\n'),
      card('Evil\u202ename\u0007', '+49 30 901822'),
    ].join('');
    expect(await importFile(text)).toEqual({
      added: 3,
      known: 0,
      changed: 0,
      refused: 2,
      problems: [
        { line: 7, message: 'Ben has no phone number that can be called, only "no number"' },
        { line: 18, message: 'Mail only has no phone number' },
      ],
    });
    expect(shown()).toEqual([
      ['+4930901821', '+4930901821'],
      ['Anna', '+4930901820'],
      ['Evilname', '+4930901822'],
    ]);
    expect(contacts.byNumber('+4930901820')?.groups).toEqual(['VIP']);
  });

  it('that comes a second time changes nothing, and one with more adds to what is known', async () => {
    const text = card('Anna', '030 901820', ['UID:1']) + card('Ben', '030 901821');
    expect(await importFile(text)).toMatchObject({ added: 2 });
    expect(await importFile(text)).toMatchObject({ added: 0, known: 2 });
    const more =
      card('Anna Miller', '030 901822', ['UID:1']) + card('ben', '030 901821', ['TEL:030 901823', 'CATEGORIES:family']);
    expect(await importFile(more)).toMatchObject({ added: 0, changed: 2 });
    expect(shown()).toEqual([
      ['Anna Miller', '+4930901820', '+4930901822'],
      ['Ben', '+4930901821', '+4930901823'],
    ]);
    expect(await importFile(more, anna)).toMatchObject({ added: 2, changed: 0 });
  });

  it('may hold the same card twice', async () => {
    expect(await importFile(card('Anna', '030 901820') + card('anna', '030 901820'))).toMatchObject({ added: 1, known: 1 });
    const doubled = card('Ben', '030 901821', ['UID:7']) + card('Ben', '030 901822', ['UID:7']);
    expect(await importFile(doubled)).toMatchObject({ added: 1, changed: 1 });
    expect(shown()).toEqual([
      ['Anna', '+4930901820'],
      ['Ben', '+4930901821', '+4930901822'],
    ]);
  });

  it.each<[whose: string, text: string, expected: readonly (readonly string[])[]]>([
    [
      'Google',
      'First Name,Last Name,Labels,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value,Notes\n' +
        'Anna,Miller,* myContacts ::: family,* Mobile,030 901820 ::: 030 901821,Work,030 901822,"long, note"\n',
      [['Anna Miller', '+4930901820', '+4930901821', '+4930901822']],
    ],
    [
      'Outlook',
      'First Name,Last Name,Home Phone,Mobile Phone,Business Fax\nBen,Smith,030 901820,0170 1234567,\n',
      [['Ben Smith', '+4930901820', '+491701234567']],
    ],
    ['a German spreadsheet', 'Name;Telefon;Handy\nOma;030 901820;\n', [['Oma', '+4930901820']]],
    [
      'nobody in particular',
      'Oma,030 901820\nOpa,030 901821,0170 1234567\n',
      [
        ['Oma', '+4930901820'],
        ['Opa', '+4930901821'],
      ],
    ],
  ])('is read as the CSV of %s', async (_whose, text, expected) => {
    expect(await importFile(text)).toMatchObject({ added: expected.length, refused: 0 });
    expect(shown()).toEqual(expected);
  });

  it('keeps the labels of numbers and the groups of Google', async () => {
    await importFile('Name,Labels,Phone 1 - Label,Phone 1 - Value\nAnna,* myContacts ::: family,* Work,030 901820\n');
    const [found] = store.find({ group: 'FAMILY' }, everyPage).items;
    expect(found).toMatchObject({ groups: ['family'], numbers: [{ label: 'work' }] });
  });

  it.each<[format: string, write: (all: Iterable<Contact>) => Iterable<string>]>([
    ['CSV', writeContactRows],
    ['vCards', writeVcards],
  ])('goes out as %s and comes in again as it was, whatever its names are', async (_format, write) => {
    const names = [
      '=HYPERLINK("http://x.example")',
      'Müller; Söhne, "Bau" \\ Co',
      "O'Neil",
      'Ünï '.repeat(20).trim(),
      'END:VCARD',
    ];
    for (const [index, name] of names.entries()) {
      await add(name, `+493090182${index}`, { groups: ['VIP', 'a, b'], cardGroups: ['Chess'] });
    }
    const text = [...write(contacts.all())].join('');
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThan(200);
    const before = shown();
    db.exec('DELETE FROM contacts');
    contacts = open();
    expect(await importFile(text)).toMatchObject({ added: names.length, refused: 0 });
    expect(shown()).toEqual(before);
    expect(contacts.byNumber('+4930901820')?.groups).toEqual(['VIP', 'a, b', 'Chess']);
  });

  it('never runs as a formula where a spreadsheet opens it', async () => {
    await add('=cmd|" /C calc"!A0', '+4930901820', { groups: ['@SUM(1)'] });
    const text = [...writeContactRows(contacts.all())].join('');
    expect(text).toContain('"\'=cmd|"" /C calc""!A0",\'@SUM(1),+4930901820,');
  });
});
