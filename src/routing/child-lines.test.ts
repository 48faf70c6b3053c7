import { beforeEach, expect, it } from 'vitest';
import { Events } from '#base/events.ts';
import { createLog } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { ChildLineStore } from './child-line-store.ts';
import { ChildLines } from './child-lines.ts';
import type { ChildLineInput } from './child-lines.ts';
import { withHotlines } from './hotline.ts';
import type { TargetContext } from './target-problems.ts';

const log = createLog({ level: 'silent' });
const number = (digits: string) => ({ kind: 'number', number: digits }) as const;
const given: ChildLineInput = {
  allowed: [number('+4930901820')],
  contactGroups: ['Family'],
  isHouseAllowed: false,
  parents: [number('+4917012345')],
  quiet: [{ weekdays: [], from: '20:00', to: '07:00', dates: [], holidays: 'except' }],
  isQuietForParents: true,
};

let clock: FakeClock;
let db: OpenedDatabase['db'];
let told: Facts['child-line.changed'][];

function open(): ChildLines {
  const events = new Events<Facts>(log);
  events.on('child-line.changed', (fact) => told.push(fact));
  const people = ['mia', 'ben'].map((name) => ({ id: `person_${name}` as const, name }));
  const context = {
    house: {
      devices: { byId: (id: string) => (id === 'dev_mia' ? { id, personId: 'person_mia' } : undefined), all: () => [] },
      people: { all: () => people },
      numbers: { byNumber: () => undefined },
    },
    groups: [],
  } as unknown as TargetContext;
  const writes = new WriteBatch({ db, log, defer: (commit) => commit() });
  return new ChildLines({ store: new ChildLineStore(db), writes, clock, log, events, context: () => context });
}

beforeEach(() => {
  clock = new FakeClock();
  told = [];
  ({ db } = openDatabase({ path: ':memory:', log, clock }));
  db.exec(`INSERT INTO users (id, username, name, role, created_at, changed_at)
    VALUES ('person_mia', 'mia', 'Mia', 'user', 0, 0), ('person_ben', 'ben', 'Ben', 'user', 0, 0)`);
});

it('is there as it was set, also after a restart, and is replaced when it is set again', async () => {
  await open().set('person_mia', given);
  expect(open().facts().get('person_mia')).toMatchObject({ ...given, holder: 'person_mia' });
  await open().set('person_mia', { ...given, quiet: [] });
  expect(open().all()).toMatchObject([{ quiet: [] }]);
  expect(await open().clear('person_mia')).toBe(true);
  expect(open().all()).toEqual([]);
  expect(told).toEqual(Array.from({ length: 3 }, () => ({ deviceId: null, personId: 'person_mia' })));
});

it('takes a number that a parent lets through once into each line that asked, and into no other', async () => {
  const lines = open();
  await lines.set('person_mia', given);
  await lines.set('person_ben', given);
  await lines.allow(['person_mia', 'person_gone'], '+4915112345678');
  await lines.allow(['person_mia'], '+4915112345678');
  expect(open().facts().get('person_mia')?.allowed).toEqual([number('+4930901820'), number('+4915112345678')]);
  expect(open().facts().get('person_ben')?.allowed).toEqual(given.allowed);
});

it('says so where its list is full', async () => {
  const lines = open();
  const allowed = Array.from({ length: 200 }, (_, n) => number(`+49309018${String(n).padStart(3, '0')}`));
  await lines.set('person_mia', { ...given, allowed });
  await expect(lines.allow(['person_mia'], '+4915112345678')).rejects.toMatchObject({ code: 'conflict' });
});

it('has no child for a parent, neither itself nor a sibling', async () => {
  const lines = open();
  await lines.set('person_ben', given);
  const parents = [
    { kind: 'person', id: 'person_mia' },
    { kind: 'device', id: 'dev_mia' },
    { kind: 'person', id: 'person_ben' },
    { kind: 'group', id: 'group_1' },
  ] as const;
  await expect(lines.set('person_mia', { ...given, parents })).rejects.toMatchObject({
    code: 'invalid',
    details: expect.arrayContaining(
      ['parents.0', 'parents.1', 'parents.2', 'parents.3'].map((field) => expect.objectContaining({ field })),
    ),
  });
});

it('has the target of its phone’s hotline on the list, and no other line has', async () => {
  const lines = open();
  await lines.set('person_mia', given);
  await lines.set('person_ben', given);
  const hotline = { deviceId: 'dev_mia', target: number('+4930111'), applies: 'always' } as const;
  const map = withHotlines(lines.facts(), [hotline], () => 'person_mia');
  expect(map.get('dev_mia')).toMatchObject({ holder: 'person_mia', allowed: [...given.allowed, number('+4930111')] });
  expect(map.get('person_ben')?.allowed).toEqual(given.allowed);
});
