import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { addPhone, openDeviceHarness, RegistrarPhone } from '#testing/harness/device-harness.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';

const pageBytes = 4096;
const phones = 40;
const clock = new FakeClock();

/** `cells`: the rows on it; on a page above others, what points to them. */
type Page = { readonly number: number; readonly cells: number };
type Kind = {
  /** Which pages: a condition on `dbstat`, SQLite's own table of the pages. */
  readonly where: string;
  /** What is lost with such a page at most. */
  readonly lost?: (page: Page) => { readonly known?: number; readonly live?: number };
};

const everyOne = () => ({ known: phones, live: phones });
const ours = "name IN (SELECT name FROM sqlite_schema WHERE tbl_name IN ('devices', 'registrations'))";
const other = `name <> 'sqlite_schema' AND NOT ${ours}`;
const isIndex = "name IN (SELECT name FROM sqlite_schema WHERE type = 'index')";
// Together all that there are. Of each kind a few, or the work would grow with every table that the house gets.
const maxPages = 4;
const kinds: readonly (readonly [string, Kind])[] = [
  ['the first page', { where: 'pageno = 1', lost: everyOne }],
  ['a page of the schema', { where: "name = 'sqlite_schema' AND pageno > 1", lost: everyOne }],
  ['the page above the phones', { where: "name = 'devices' AND pagetype = 'internal'", lost: everyOne }],
  ['a page of phones', { where: "name = 'devices' AND pagetype = 'leaf'", lost: ({ cells }) => ({ known: cells, live: cells }) }],
  [
    'the page above the registrations',
    { where: "name = 'registrations' AND pagetype = 'internal'", lost: () => ({ live: phones }) },
  ],
  ['a page of registrations', { where: "name = 'registrations' AND pagetype = 'leaf'", lost: ({ cells }) => ({ live: cells }) }],
  ['a page of their indexes', { where: `${ours} AND ${isIndex}` }],
  ['a page of another table or index', { where: `${other} AND ncell > 0` }],
  ['an empty page of another table', { where: `${other} AND ncell = 0 AND NOT ${isIndex}` }],
  ['an empty page of another index', { where: `${other} AND ncell = 0 AND ${isIndex}` }],
];

describe('the house opens, and phones it can still read register and ring', () => {
  let folder = '';
  let whole = '';
  let bytes: Buffer;
  const made: { readonly device: RegistrarPhone['device']; readonly secret: string }[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gosip-damage-'));
    whole = join(folder, 'whole.db');
    const harness = await openDeviceHarness({ clock, path: whole });
    for (let index = 0; index < phones; index += 1) {
      const { device, secret } = await harness.devices.create({ name: `Phone ${index} ${'x'.repeat(60)}`, type: 'softphone' });
      await new RegistrarPhone(harness, device, secret).register();
      made.push({ device, secret });
    }
    harness.close();
    bytes = readFileSync(whole);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function pagesWhere(where: string): readonly Page[] {
    const db = new SqliteDatabase(whole, { readonly: true });
    const pages = db
      .prepare<[], Page>(`SELECT pageno AS number, ncell AS cells FROM dbstat WHERE ${where} ORDER BY pageno`)
      .all();
    db.close();
    return pages;
  }

  /** `known`: the phones that the house has still, all of which register anew. `live`: those of them that were registered already. */
  async function openDamaged(page: Page, skipped: number): Promise<{ readonly known: number; readonly live: number }> {
    const path = join(folder, `page-${page.number}-${skipped}.db`);
    const damaged = Buffer.from(bytes);
    damaged.fill(0x5a, (page.number - 1) * pageBytes + skipped, page.number * pageBytes);
    writeFileSync(path, damaged);
    const harness = await openDeviceHarness({ clock, path });
    const known = made.filter(({ device }) => harness.devices.byId(device.id) !== undefined);
    const live = known.filter(({ device }) => harness.registrations.of(device.id).length > 0);
    for (const { device, secret } of known) {
      expect(await new RegistrarPhone(harness, device, secret).register({ callId: 'another', cseq: 1 })).toMatchObject({
        kind: 'registered',
      });
    }
    const { mode, problem } = harness.opened;
    if (mode === 'memory') expect(problem).toMatch(/is damaged|is not a database/);
    harness.close();
    expect(readFileSync(path).equals(damaged) || mode === 'normal').toBe(true);
    return { known: known.length, live: live.length };
  }

  // The header of a page says what it is: without it all of the page is lost, with it SQLite reads on into the damage.
  describe.each([
    ['wholly', 0],
    ['behind its header', 8],
  ])('damaged %s', (_how, skipped) => {
    it.each(kinds)('%s', async (_what, { where, lost }) => {
      const pages = pagesWhere(where);
      expect(pages.length).toBeGreaterThan(0);
      const every = Math.ceil(pages.length / maxPages);
      for (const page of pages.filter((_page, index) => index % every === 0)) {
        const { known, live } = await openDamaged(page, skipped);
        const { known: lostPhones = 0, live: lostLive = 0 } = lost?.(page) ?? {};
        expect({ page, known, live }).toEqual({
          page,
          known: expect.toSatisfy((count: number) => count >= phones - lostPhones),
          live: expect.toSatisfy((count: number) => count >= phones - lostLive),
        });
      }
    });
  });

  it('no page of the file is of another kind', () => {
    const all = pagesWhere('TRUE');
    const named = kinds.flatMap(([, { where }]) => pagesWhere(where));
    expect(named.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual(all.map(({ number }) => number));
    expect(all).toHaveLength(bytes.length / pageBytes);
  });
});

describe('a house that opened without its file', () => {
  let folder = '';
  let whole = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gosip-damage-'));
    whole = join(folder, 'whole.db');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('what registered into memory is not in the file afterwards, and the whole file is used again when it is back', async () => {
    const harness = await openDeviceHarness({ clock, path: whole });
    const phone = await addPhone(harness, { name: 'Kitchen', type: 'softphone' });
    harness.close();
    const good = readFileSync(whole);
    writeFileSync(whole, 'nothing but a letter');
    const broken = await openDeviceHarness({ clock, path: whole });
    expect(broken.opened.mode).toBe('memory');
    broken.close();
    writeFileSync(whole, good);
    const again = await openDeviceHarness({ clock, path: whole });
    expect(again.opened.mode).toBe('normal');
    expect(again.devices.get(phone.device.id)).toEqual(phone.device);
    again.close();
  });
});
