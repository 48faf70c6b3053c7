import { afterEach, expect, it } from 'vitest';
import { CoreHouse, ours, theirs } from '#testing/harness/core-house.ts';

// Public holidays out of a calendar of Home Assistant, in rules and in their preview.
type Preview = { readonly plan: { readonly kind: string } };
type Holidays = {
  readonly items: readonly { date: string; name: string; calendar: string | null }[];
  readonly calendars: readonly { entityId: string; readAt: string | null; problem: string | null }[];
};

const calendar = 'calendar.holidays';

let house: CoreHouse;
afterEach(() => house[Symbol.asyncDispose]());

/** The house's clock begins on 1 January 2026. */
function holdsEpiphany(): void {
  house.core.rest.set(`/api/calendars/${calendar}`, () => ({
    status: 200,
    body: [{ summary: 'Epiphany', start: { date: '2026-01-06' }, end: { date: '2026-01-07' } }],
  }));
}

const holidays = (query = '') => house.api<Holidays>('GET', `/routing/holidays${query}`);
const planOn = async (day: string) => {
  const question = { caller: { number: theirs }, called: ours, at: `2026-01-${day}T09:00:00Z` };
  return (await house.api<Preview>('POST', '/routes/preview', question)).plan.kind;
};

async function closeOnHolidays(): Promise<void> {
  const conditions = { times: [{ holidays: 'only' }] };
  const rule = { numberId: house.numberId, name: 'Closed', conditions, action: { kind: 'reject', tone: 'busy' } };
  await house.api('POST', '/routes', rule);
}

it('a holiday of the calendar closes the office, in the preview too, and stands while Home Assistant is away', async () => {
  house = await CoreHouse.start({ time_zone: 'Europe/Berlin' });
  holdsEpiphany();
  await closeOnHolidays();
  expect(await planOn('06')).toBe('voicemail');
  await house.api('PATCH', '/routing/settings', { holidays: ['01-08'], holidayCalendars: [calendar] });
  await house.until(async () => expect(await planOn('06')).toBe('reject'));
  expect([await planOn('05'), await planOn('07'), await planOn('08')]).toEqual(['voicemail', 'voicemail', 'reject']);
  expect(await holidays()).toEqual({
    items: [
      { date: '2026-01-06', name: 'Epiphany', calendar },
      { date: '2026-01-08', name: '', calendar: null },
    ],
    calendars: [{ entityId: calendar, readAt: expect.any(String), problem: null }],
  });
  expect((await holidays('?days=3')).items).toEqual([]);

  await house.core.end();
  await house.close();
  await house.open();
  expect(await planOn('06')).toBe('reject');
  // No longer chosen, it counts no more.
  await house.api('PATCH', '/routing/settings', { holidayCalendars: [] });
  expect(await planOn('06')).toBe('voicemail');
});

it('a calendar that Home Assistant does not have is told, once that is sure, and its holidays are read when it is there', async () => {
  house = await CoreHouse.start();
  house.core.rest.set('/api/calendars/', () => ({ status: 400, body: '' }));
  await house.api('PATCH', '/routing/settings', { holidayCalendars: [calendar] });
  type Alerts = { readonly open: readonly { alertId: string; message: string }[] };
  const alerts = async () =>
    (await house.api<Alerts>('GET', '/system/alerts')).open.filter(({ alertId }) => alertId === 'holidays-unread');
  await house.until(async () => expect((await holidays()).calendars[0]?.problem ?? '').toContain('no such calendar'));
  expect(await alerts()).toEqual([]);
  await house.until(async () => expect(await alerts()).toMatchObject([{ message: expect.stringContaining(calendar) }]), 30_000);
  holdsEpiphany();
  await house.until(async () => expect((await holidays()).items).toHaveLength(1), 30_000);
  await house.until(async () => expect(await alerts()).toEqual([]), 30_000);
});
