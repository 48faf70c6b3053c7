import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Events } from '#base/events.ts';
import { newId } from '#base/ids.ts';
import type { PersonId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import { toE164 } from '#numbers/e164.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { SealedSecrets } from '#storage/sealed-secrets.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { CarddavServer } from '#testing/peers/carddav-server.ts';
import type { CarddavFault } from '#testing/peers/carddav-server.ts';
import { AddressBookStore } from './address-book-store.ts';
import { AddressBooks } from './address-books.ts';
import { readAddressBooks } from './carddav-source.ts';
import { ContactStore } from './contact-store.ts';
import { Contacts } from './contacts.ts';

const log = createLog({ level: 'silent' });
const anna = 'person_anna' as PersonId;
const hourMs = 3_600_000;
const card = (name: string, number: string, more = '') =>
  `BEGIN:VCARD\r\nVERSION:3.0\r\nUID:${name}\r\nFN:${name}\r\nTEL;TYPE=CELL:${number}\r\n${more}END:VCARD`;

let clock: FakeClock;
let db: OpenedDatabase['db'];
let server: CarddavServer;
let contacts: Contacts;
let addressBooks: AddressBooks;

beforeEach(async () => {
  clock = new FakeClock();
  ({ db } = openDatabase({ path: ':memory:', log, clock }));
  db.prepare('INSERT INTO users (id, username, name, role, created_at, changed_at) VALUES (?, ?, ?, ?, 0, 0)').run(
    anna,
    anna,
    anna,
    'user',
  );
  server = await CarddavServer.start();
  server.books = { family: { 'gran.vcf': card('Gran', '030 901820', 'CATEGORIES:VIP\r\n'), 'mail.vcf': card('Mail', 'x') } };
  const store = new ContactStore(db);
  const writes = new WriteBatch({ db, log });
  contacts = new Contacts({ store, writes, clock, newId, events: new Events(log), merged: () => () => {} });
  addressBooks = new AddressBooks({
    store: new AddressBookStore(db),
    contactStore: store,
    contacts,
    writes,
    clock,
    newId,
    log,
    secrets: new SealedSecrets(db, 'address_books', Buffer.alloc(32, 1)),
    read: (text) => toE164(text, 'DE'),
    readRemote: readAddressBooks,
    events: new Events(log),
  });
});
afterEach(() => server[Symbol.asyncDispose]());

function create(password = 'right', personId?: PersonId) {
  const input = { name: 'Cloud', personId, url: server.url, username: 'anna', isEnabled: true, refreshHours: 24 };
  return addressBooks.create(input, password);
}

const names = () => [...contacts.all()].map(({ name }) => name).sort((a, b) => a.localeCompare(b));

describe("an address book on the family's server", () => {
  it('names callers, follows changes there, and keeps the groups that were given here', async () => {
    const { id } = await create();
    expect(await addressBooks.sync(id)).toMatchObject({ syncedAt: clock.now(), problem: undefined });
    const gran = contacts.byNumber('+4930901820');
    expect(gran).toMatchObject({ name: 'Gran', groups: ['VIP'] });
    const stored = contacts.byId(gran?.id ?? '');
    if (stored === undefined) throw new Error('The contact is not there');
    await contacts.change(stored, { groups: ['family'] });
    server.books = { family: { 'gran.vcf': card('Grandma', '030 901821'), 'ben.vcf': card('Ben', '030 901822') } };
    await addressBooks.sync(id);
    expect(names()).toEqual(['Ben', 'Grandma']);
    expect(contacts.byNumber('+4930901821')).toEqual({ id: gran?.id, name: 'Grandma', groups: ['family'] });
    expect(contacts.byNumber('+4930901820')).toBeUndefined();
    delete server.books['family']?.['ben.vcf'];
    await addressBooks.sync(id);
    expect(names()).toEqual(['Grandma']);
    expect(contacts.byNumber('+4930901822')).toBeUndefined();
    await addressBooks.delete(id);
    expect(names()).toEqual([]);
    expect(contacts.byNumber('+4930901821')).toBeUndefined();
  });

  it('of one person names callers for that person alone', async () => {
    await addressBooks.sync((await create('right', anna)).id);
    expect([contacts.byNumber('+4930901820', anna)?.name, contacts.byNumber('+4930901820')]).toEqual(['Gran', undefined]);
  });

  it.each<[fault: CarddavFault, problem: RegExp]>([
    [401, /rejected the username or password/],
    [404, /no CardDAV server at this address/],
    [500, /no CardDAV server at this address, or it has an error/],
    [503, /no CardDAV server at this address, or it has an error/],
    ['huge', /sends more than 32 MiB|no CardDAV server/],
  ])('that fails (%s) takes nobody out of the house’s memory, and says why', async (fault, problem) => {
    const { id } = await create();
    const { syncedAt } = await addressBooks.sync(id);
    server.fault = fault;
    clock.jump(hourMs);
    expect(await addressBooks.sync(id)).toMatchObject({
      syncedAt,
      triedAt: clock.now(),
      problem: expect.stringMatching(problem) as string,
    });
    expect(contacts.byNumber('+4930901820')?.name).toBe('Gran');
  });

  it('that never answers is given up after two minutes', async () => {
    const { id } = await create();
    server.fault = 'silent';
    const reading = addressBooks.sync(id);
    await expect.poll(() => server.requests, { timeout: 20_000 }).toBeGreaterThan(0);
    await expect(addressBooks.sync(id)).rejects.toThrow(/being updated right now/);
    clock.advance(120_000);
    expect((await reading).problem).toBe('The server timed out');
  });

  it.each<[what: string, change: () => void, problem: RegExp]>([
    ['that is suddenly empty', () => (server.books = { family: {} }), /no longer lists any contact/],
    [
      'that has lost the book',
      () => (server.books = { other: { 'x.vcf': card('X', '030 901829') } }),
      /no longer lists .*family\//,
    ],
    ['that has no book at all', () => (server.books = {}), /lists no address book/],
  ])('%s takes nobody along', async (_what, change, problem) => {
    const { id } = await create();
    await addressBooks.sync(id);
    change();
    expect((await addressBooks.sync(id)).problem).toMatch(problem);
    expect(contacts.byNumber('+4930901820')?.name).toBe('Gran');
  });

  it('keeps a contact whose card cannot be read any more, and loses one that has no number any more', async () => {
    server.books = {
      family: { 'a.vcf': card('Anna', '030 901820'), 'b.vcf': card('Ben', '030 901821'), 'c.vcf': card('Cora', '030 901822') },
    };
    const { id } = await create();
    await addressBooks.sync(id);
    server.books = {
      family: { 'a.vcf': 'BEGIN:VCARD\nnonsense', 'b.vcf': card('Ben', 'none'), 'c.vcf': card('Cora', '030 901822') },
    };
    await addressBooks.sync(id);
    expect(names()).toEqual(['Anna', 'Cora']);
  });

  it('is read when it is due, within the hour after a failure, and only where it is switched on', async () => {
    const { id } = await create('wrong');
    await addressBooks.syncDue();
    expect(addressBooks.get(id).problem).toMatch(/rejected the username or password/);
    const after = server.requests;
    await addressBooks.syncDue();
    expect(server.requests).toBe(after);
    await addressBooks.change(id, { password: 'right' });
    clock.jump(hourMs);
    await addressBooks.syncDue();
    expect(names()).toEqual(['Gran']);
    const read = server.requests;
    clock.jump(23 * hourMs);
    await addressBooks.syncDue();
    expect(server.requests).toBe(read);
    await addressBooks.change(id, { isEnabled: false });
    clock.jump(hourMs);
    await addressBooks.syncDue();
    expect(server.requests).toBe(read);
    expect(
      Buffer.from(JSON.stringify(db.prepare('SELECT CAST(secret AS TEXT) FROM address_books').all())).includes('right'),
    ).toBe(false);
  });

  it.each([['http://cloud.example.org/'], ['ftp://192.168.1.2/'], ['https://anna:right@cloud.example.org/'], ['cloud']])(
    'is not read from %s: a password would be seen on the way',
    async (url) => {
      const { id } = await create();
      await expect(addressBooks.change(id, { url, password: 'right' })).rejects.toThrow(/not valid/);
    },
  );

  it('that moves gets its password only from who knows it', async () => {
    const { id } = await create();
    await expect(addressBooks.change(id, { url: 'https://other.example.org/' })).rejects.toMatchObject({
      details: [{ field: 'password', message: 'must be given again for another address' }],
    });
    expect(await addressBooks.change(id, { url: 'http://192.168.1.2/dav', password: 'x' })).toMatchObject({ books: [] });
  });
});
