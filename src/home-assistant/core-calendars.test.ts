import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { FakeCore } from '#testing/home-assistant/fake-core.ts';
import { FakeCoreConnection } from '#testing/home-assistant/fake-core-connection.ts';
import { CoreCalendars } from './core-calendars.ts';
import { coreFetch } from './core-rest.ts';

let core: FakeCore;
let calendars: CoreCalendars;

beforeEach(async () => {
  core = await FakeCore.start();
  const access = { url: core.url, token: core.token };
  calendars = new CoreCalendars({ core: new FakeCoreConnection(), coreFetch: coreFetch(access, new FakeClock()) });
});
afterEach(() => core.end());

const answer = (body: unknown, status = 200) => core.rest.set('/api/calendars/', () => ({ status, body }));
const read = () => calendars.wholeDays('calendar.holidays', '2026-12-20', '2027-01-10');

it('knows the days that whole-day events fill, and no others', async () => {
  answer([
    { summary: 'Christmas', start: { date: '2026-12-25' }, end: { date: '2026-12-27' } },
    { summary: 'Dentist', start: { dateTime: '2026-12-22T10:00:00+01:00' }, end: { dateTime: '2026-12-22T11:00:00+01:00' } },
    { summary: 'School is out', start: { date: '2027-01-09' }, end: { date: '2027-01-20' } },
    { summary: 'Odd', start: { date: '2027-01-02' }, end: { date: '2027-01-02' } },
    { start: { date: 'soon' }, end: { date: '2027-01-02' } },
    null,
  ]);
  expect(await read()).toEqual({
    kind: 'days',
    days: [
      { day: '2026-12-25', name: 'Christmas' },
      { day: '2026-12-26', name: 'Christmas' },
      { day: '2027-01-09', name: 'School is out' },
      { day: '2027-01-02', name: 'Odd' },
    ],
  });
  expect(core.requests[0]?.path).toBe('/api/calendars/calendar.holidays?start=2026-12-20T00:00:00Z&end=2027-01-10T00:00:00Z');
});

it('says that there is no such calendar, and waits where Core is away', async () => {
  answer('', 400);
  expect(await read()).toMatchObject({ kind: 'failed', isFault: true, message: expect.stringContaining('no such calendar') });
  core.fault = 'bad-gateway';
  expect(await read()).toMatchObject({ kind: 'failed', isFault: false });
});
