import { describe, expect, it } from 'vitest';
import type { AlertId } from '#contract/alert-ids.ts';
import { decideAlerts } from './alert-episodes.ts';
import type { AlertNews, Episode, OpenAlert } from './alert-episodes.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Goes through a house's life, and keeps what is to be kept. */
class House {
  now = 1_000 * day;
  episodes = new Map<string, Episode>();
  open: OpenAlert[] = [];
  #startedAt = this.now - hour;

  raise(alertId: AlertId, about = '', values: OpenAlert['values'] = {}): readonly AlertNews[] {
    this.open.push({ alertId, about, values, since: this.now });
    return this.check();
  }

  over(alertId: AlertId, about = ''): readonly AlertNews[] {
    this.open = this.open.filter((one) => one.alertId !== alertId || one.about !== about);
    return this.check();
  }

  /** What is told on the way. */
  pass(ms: number): readonly AlertNews[] {
    const until = this.now + ms;
    const told: AlertNews[] = [];
    const step = ms > 2 * hour ? 10 * minute : minute;
    while (this.now < until) {
      this.now = Math.min(until, this.now + step);
      told.push(...this.check());
    }
    return told;
  }

  restart(): void {
    this.open = [];
    this.#startedAt = this.now;
  }

  check(): readonly AlertNews[] {
    const known = { episodes: [...this.episodes.values()], open: this.open, runningMs: this.now - this.#startedAt };
    const { saved, removed, told } = decideAlerts(known, this.now);
    for (const one of saved) this.episodes.set(`${one.alertId} ${one.about}`, one);
    for (const one of removed) this.episodes.delete(`${one.alertId} ${one.about}`);
    return told;
  }
}

const what = (told: readonly AlertNews[]) =>
  told.map(({ item: { alertId, about, until, digest } }) =>
    [alertId, about, digest === undefined ? (until === undefined ? 'began' : 'over') : `${digest.count} more`]
      .filter(Boolean)
      .join(' '),
  );

describe('what people are told of alerts', () => {
  it('is a beginning once, and an end that lasted', () => {
    const house = new House();
    const [began] = house.raise('trunk-down', 'twilio', { name: 'Twilio' });
    expect(began).toMatchObject({ item: { values: { name: 'Twilio' }, since: house.now } });
    expect(house.pass(hour)).toEqual([]);
    expect(house.over('trunk-down', 'twilio')).toEqual([]);
    const overAt = house.now;
    const [over] = house.pass(20 * minute);
    expect(over?.item).toMatchObject({ until: overAt, values: { name: 'Twilio' } });
    expect(over?.after).toBe(began?.dedupe);
    expect(house.pass(2 * day)).toEqual([]);
    expect(house.episodes.size).toBe(0);
  });

  it('is no end of what was over within five minutes', () => {
    const house = new House();
    expect(what(house.raise('outbox-failing', 'twilio'))).toEqual(['outbox-failing twilio began']);
    house.pass(4 * minute);
    house.over('outbox-failing', 'twilio');
    expect(house.pass(day)).toEqual([]);
  });

  it('is one beginning where it comes and goes', () => {
    const house = new House();
    expect(house.raise('trunk-down', 'twilio')).toHaveLength(1);
    for (let n = 0; n < 20; n += 1) {
      house.pass(10 * minute);
      expect(house.over('trunk-down', 'twilio')).toEqual([]);
      house.pass(10 * minute);
      expect(house.raise('trunk-down', 'twilio')).toEqual([]);
    }
    house.over('trunk-down', 'twilio');
    expect(what(house.pass(hour))).toEqual(['trunk-down twilio over']);
  });

  it('is the beginning again after an end that was told: nobody may believe that all is well', () => {
    const house = new House();
    house.raise('trunk-down', 'twilio');
    house.pass(hour);
    house.over('trunk-down', 'twilio');
    expect(what(house.pass(20 * minute))).toEqual(['trunk-down twilio over']);
    expect(what(house.raise('trunk-down', 'twilio'))).toEqual(['trunk-down twilio began']);
  });

  it('is nothing new after a restart, and nothing of the first minute but that nothing can be saved', () => {
    const house = new House();
    house.raise('mqtt-broken');
    house.pass(hour);
    house.restart();
    expect(house.check()).toEqual([]);
    house.pass(30_000);
    expect(house.raise('mqtt-broken')).toEqual([]);
    expect(house.raise('trunk-down', 'twilio')).toEqual([]);
    expect(what(house.raise('storage-failed', 'database'))).toEqual(['storage-failed database began']);
    expect(house.over('trunk-down', 'twilio')).toEqual([]);
    expect(house.pass(hour)).toEqual([]);
    house.restart();
    house.raise('web-port-taken');
    house.raise('storage-failed', 'database');
    expect(what(house.pass(2 * minute))).toEqual(['web-port-taken began']);
  });

  it('is of hundreds of addresses two mails a day', () => {
    const house = new House();
    expect(what(house.raise('login-locked', '192.0.2.1 (password)', { source: '192.0.2.1' }))).toEqual([
      'login-locked 192.0.2.1 (password) began',
    ]);
    const told: AlertNews[] = [];
    for (let n = 0; n < 300; n += 1) {
      told.push(...house.pass(minute));
      told.push(...house.raise('login-locked', `address ${n}`, { source: `198.51.100.${n}` }));
      told.push(...house.over('login-locked', `address ${n}`));
    }
    expect(told).toEqual([]);
    const [digest, ...more] = house.pass(day);
    expect(more).toEqual([]);
    expect(digest?.item.digest?.count).toBe(300);
    expect(digest?.item.digest?.abouts.slice(0, 2)).toEqual(['198.51.100.0', '198.51.100.1']);
    expect(digest?.item.digest?.abouts).toHaveLength(20);
    expect(what(house.raise('login-locked', 'another'))).toEqual(['login-locked another began']);
  });

  it('is of each kind of its own', () => {
    const house = new House();
    expect(house.raise('login-locked', 'a')).toHaveLength(1);
    expect(house.raise('outgoing-refused', 'dev_1')).toHaveLength(1);
    expect(house.raise('outgoing-refused', 'dev_2')).toHaveLength(0);
    expect(house.raise('trunk-down', 'a')).toHaveLength(1);
    expect(house.raise('trunk-down', 'b')).toHaveLength(1);
  });

  it('is of one phone that is refused again and again one more a day', () => {
    const house = new House();
    house.raise('outgoing-refused', 'dev_1', { phone: 'Hall' });
    for (let n = 0; n < 5; n += 1) {
      house.pass(30 * minute);
      house.over('outgoing-refused', 'dev_1');
      house.pass(2 * hour);
      expect(house.raise('outgoing-refused', 'dev_1', { phone: 'Hall' })).toEqual([]);
    }
    const told = house.pass(day);
    expect(what(told)).toEqual(['outgoing-refused 5 more']);
    expect(told[0]?.item.digest?.abouts).toEqual(['Hall']);
    house.over('outgoing-refused', 'dev_1');
    expect(house.pass(8 * day)).toEqual([]);
    expect(house.episodes.size).toBe(0);
  });
});
