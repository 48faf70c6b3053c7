import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#base/errors.ts';
import type { PersonId } from '#base/ids.ts';
import { BlocklistHarness } from '#testing/harness/blocklist-harness.ts';
import { maxPatterns } from './blocklist.ts';
import type { Blocklist, BlocklistInput } from './blocklist.ts';
import { exportBlocklist, importBlocklist } from './blocklist-csv.ts';

const anna = 'person_anna' as PersonId;
const ben = 'person_ben' as PersonId;

let harness: BlocklistHarness;
let clock: BlocklistHarness['clock'];
let db: BlocklistHarness['db'];
let store: BlocklistHarness['store'];
let blocklist: Blocklist;

beforeEach(() => {
  harness = new BlocklistHarness();
  ({ clock, db, store } = harness);
  const person = db.prepare('INSERT INTO users (id, username, name, role, created_at, changed_at) VALUES (?, ?, ?, ?, 0, 0)');
  for (const id of [anna, ben]) person.run(id, id, id, 'user');
  blocklist = harness.open();
});

function block(kind: BlocklistInput['kind'], pattern: string, more: Partial<BlocklistInput> = {}) {
  return blocklist.create({ kind, pattern, reason: '', personId: undefined, isEnabled: true, ...more });
}

async function refusal(kind: BlocklistInput['kind'], pattern: string): Promise<string> {
  try {
    await block(kind, pattern);
    return 'taken';
  } catch (error) {
    return error instanceof AppError ? (error.details[0]?.message ?? error.message) : String(error);
  }
}

describe('a blocked caller', () => {
  it.each<[what: string, kind: BlocklistInput['kind'], pattern: string, blocked: string[], through: string[]]>([
    ['by a number as it is dialled here', 'exact', '030 901820', ['+4930901820'], ['+49309018201', '+4930901821']],
    ['by the first digits of numbers', 'prefix', '0900*', ['+499001234567', '+49900'], ['+49901234567', '+49']],
    ['by a regular expression', 'regex', '^\\+49(30|40)\\d*7$', ['+4930127', '+494012347'], ['+4930128', '+4989127']],
    ['by a number that stands anywhere in it', 'regex', '666', ['+4916661234'], ['+4916161234']],
  ])('is found %s', async (_what, kind, pattern, blocked, through) => {
    await block(kind, pattern, { reason: 'sells things' });
    for (const number of blocked) expect(blocklist.match(number)).toMatchObject({ kind, reason: 'sells things' });
    for (const number of through) expect(blocklist.match(number)).toBeUndefined();
    expect(blocklist.match(undefined)).toBeUndefined();
  });

  it('is found after a restart, and no longer once the entry is switched off or removed', async () => {
    const exact = await block('exact', '+4930901820');
    const regex = await block('regex', '^\\+4940');
    blocklist = harness.open();
    expect(blocklist.match('+4930901820')?.entryId).toBe(exact.id);
    expect(blocklist.match('+494012345')?.entryId).toBe(regex.id);
    const off = await blocklist.change(exact, { isEnabled: false });
    expect(blocklist.match('+4930901820')).toBeUndefined();
    await blocklist.change(off, { isEnabled: true });
    expect(blocklist.match('+4930901820')).toBeDefined();
    await blocklist.delete(regex);
    expect(blocklist.match('+494012345')).toBeUndefined();
    expect(harness.open().match('+494012345')).toBeUndefined();
  });

  it('is one for the person who blocked it alone, and forgotten with that person', async () => {
    const own = await block('exact', '+4930901820', { personId: anna });
    expect(blocklist.match('+4930901820', anna)?.entryId).toBe(own.id);
    expect(blocklist.match('+4930901820', ben)).toBeUndefined();
    expect(blocklist.match('+4930901820')).toBeUndefined();
    const house = await block('exact', '+4930901820');
    expect(blocklist.match('+4930901820', ben)?.entryId).toBe(house.id);
    const forget = blocklist.release(anna);
    db.prepare('DELETE FROM users WHERE id = ?').run(anna);
    forget();
    await blocklist.delete(house);
    expect(blocklist.match('+4930901820', anna)).toBeUndefined();
    expect(blocklist.byId(own.id)).toBeUndefined();
  });

  it('is counted, with the time of the last call', async () => {
    const entry = await block('prefix', '0900');
    blocklist.hit(entry.id);
    clock.jump(5_000);
    blocklist.hit(entry.id);
    await block('exact', '+4930901820');
    expect(blocklist.byId(entry.id)).toMatchObject({ hits: 2, lastHitAt: clock.now() });
    await blocklist.change(entry, { reason: 'expensive' });
    expect(blocklist.byId(entry.id)).toMatchObject({ hits: 2, reason: 'expensive' });
  });

  it('among 50,000 entries and 500 expressions costs a call less than a millisecond', async () => {
    const inputs = (count: number, make: (index: number) => Partial<BlocklistInput>) =>
      Array.from({ length: count }, (_, index) => ({
        kind: 'exact' as const,
        pattern: '',
        reason: '',
        personId: undefined,
        isEnabled: true,
        ...make(index),
      }));
    await blocklist.addAll(inputs(25_000, (index) => ({ pattern: `+4930${1_000_000 + index}` })));
    await blocklist.addAll(inputs(25_000, (index) => ({ kind: 'prefix', pattern: `+4940${100_000 + index}` })));
    const probes = Array.from({ length: 2_000 }, (_, index) => `+4930${1_024_000 + index}`);
    const timeOf = () => {
      const times = probes.map((number) => {
        const from = performance.now();
        blocklist.match(number);
        return performance.now() - from;
      });
      return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.9)] ?? 0;
    };
    expect(blocklist.match('+49301024999')).toBeDefined();
    expect(blocklist.match('+49401249991')).toMatchObject({ kind: 'prefix' });
    expect(timeOf()).toBeLessThan(0.1);
    await blocklist.addAll(inputs(maxPatterns, (index) => ({ kind: 'regex', pattern: `^\\+4${index}[0-9]{3}.*7$` })));
    expect(timeOf()).toBeLessThan(1);
  }, 60_000);
});

describe('an entry that is not valid is refused in words', () => {
  it.each<[kind: BlocklistInput['kind'], pattern: string, words: RegExp]>([
    ['exact', 'anna', /is not a phone number/],
    ['prefix', 'anna', /first digits of numbers/],
    ['prefix', '+', /first digits of numbers/],
    ['regex', '(', /^error parsing regexp: missing closing \): `\(`$/],
    ['regex', '(?=a)', /^error parsing regexp: .*`\(\?=`$/],
    ['regex', '.*', /would block every caller/],
    ['regex', '\\d', /would block every caller/],
    ['regex', 'a*', /would block every caller/],
    ['regex', 'x'.repeat(201), /at most 200 characters/],
  ])('%s %j', async (kind, pattern, words) => {
    expect(await refusal(kind, pattern)).toMatch(words);
    expect(store.count()).toBe(0);
  });

  it('where it is there already, under any spelling', async () => {
    await block('exact', '030 901820');
    expect(await refusal('exact', '+49 (30) 90 18 20')).toMatch(/on the blocklist already/);
    const other = await block('exact', '+4930901821');
    await expect(blocklist.change(other, { pattern: '0049 30 901820' })).rejects.toThrow(/already blocked/);
    expect(blocklist.match('+4930901821')).toBeDefined();
  });

  it('where there are too many regular expressions, also for one that was something else', async () => {
    for (let index = 0; index < maxPatterns; index += 1) await block('regex', `^\\+1${index}`);
    expect(await refusal('regex', '^\\+2')).toMatch(/500 regular expressions already/);
    const exact = await block('exact', '+4930901820');
    await expect(blocklist.change(exact, { kind: 'regex', pattern: '^\\+2' })).rejects.toThrow(/not valid/);
    expect(blocklist.match('+4930901820')).toBeDefined();
  });

  it('and one that is made to stop the house is no burden', async () => {
    await block('regex', '^(([0-9+])+)+x$');
    await block('regex', '(.*)(.*)(.*)(.*)(.*)y');
    const from = performance.now();
    for (let index = 0; index < 100; index += 1) blocklist.match(`+${'1'.repeat(64)}`);
    expect(performance.now() - from).toBeLessThan(2_000);
  });
});

describe('the blocklist as a CSV file', () => {
  it('is taken without its bad lines, which are named', async () => {
    const text = [
      'kind;pattern;reason;enabled',
      'exact;030 901820;"Sells; things";',
      'prefix;0900;;false',
      'regex;(;;',
      'exact;Anna;;',
      'perhaps;+4930901821;;',
      ';+49 40 12345*;;',
      'exact;+4930901820;again;',
      'exact;+4930901822;;perhaps',
      '"',
    ].join('\r\n');
    const report = await importBlocklist(text, blocklist);
    expect(report).toMatchObject({ added: 3, known: 1, changed: 0, refused: 5 });
    expect(report.problems).toEqual([
      { line: 4, message: 'pattern: error parsing regexp: missing closing ): `(`' },
      { line: 5, message: expect.stringMatching(/^pattern: is not a phone number/) as string },
      { line: 6, message: 'kind: must be exact, prefix or regex, not "perhaps"' },
      { line: 9, message: 'enabled: must be true or false' },
      { line: 10, message: 'This line cannot be read: a quotation mark is not closed' },
    ]);
    expect(blocklist.match('+4930901820')?.reason).toBe('Sells; things');
    expect(blocklist.match('+49900123')).toBeUndefined();
    expect(blocklist.match('+494012345678')?.kind).toBe('prefix');
  });

  it('may be numbers alone', async () => {
    expect(await importBlocklist('+4930901820\n030 901821\n0900*\n', blocklist)).toMatchObject({ added: 3, refused: 0 });
  });

  it('comes out as it went in, and no spreadsheet runs what a reason holds', async () => {
    await block('exact', '+4930901820', { reason: '=HYPERLINK("http://x.example")' });
    await block('regex', '^\\+49[78]', { reason: 'two, three', isEnabled: false });
    await block('exact', '+4930901821', { personId: anna });
    const text = [...exportBlocklist(blocklist.all())].join('');
    expect(text).toBe(
      '\uFEFFkind,pattern,reason,enabled,hits\r\nexact,+4930901820,"\'=HYPERLINK(""http://x.example"")",true,0\r\n' +
        'regex,^\\+49[78],"two, three",false,0\r\n',
    );
    db.exec('DELETE FROM blocklist');
    blocklist = harness.open();
    expect(await importBlocklist(text, blocklist)).toMatchObject({ added: 2, refused: 0 });
    expect(blocklist.match('+4930901820')?.reason).toBe('=HYPERLINK("http://x.example")');
  });
});
