import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#base/errors.ts';
import { Events } from '#base/events.ts';
import { newId } from '#base/ids.ts';
import type { ContactId, DeviceId, PersonId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import { listEscalationChains } from '#contract/escalation-chains.ts';
import type { Device } from '#devices/device.ts';
import { openDatabase } from '#storage/database.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { escalationChainRoutes } from './escalation-chain-routes.ts';
import { EscalationChainStore } from './escalation-chain-store.ts';
import { EscalationChains } from './escalation-chains.ts';
import type { EscalationChainInput } from './escalation-chains.ts';

const anna: PersonId = 'person_anna';
const desk: DeviceId = 'dev_desk';
const neighbour: ContactId = 'contact_neighbour';
const mobile = '+14165550101';
const landline = '+14165550102';
const dear = '+19005550100';
const ours = '+14155550199';
const someone: EscalationChainInput = {
  name: 'Smoke',
  steps: [{ targets: [{ kind: 'person', id: anna }], seconds: 30 }],
  rounds: 2,
  pauseSeconds: 10,
  ignoresDnd: true,
  ifNobody: 'alert',
};

let db: ReturnType<typeof openDatabase>['db'];
let chains: EscalationChains;
let numbersOfNeighbour: string[];
let isDeskOn: boolean;
const clock = new FakeClock();

function open(): EscalationChains {
  const log = createLog({ level: 'silent' });
  const device = () => ({ id: desk, personId: anna, enabled: isDeskOn }) as Device;
  return new EscalationChains({
    store: new EscalationChainStore(db),
    writes: new WriteBatch({ db, log }),
    clock,
    newId,
    log,
    events: new Events(log),
    house: {
      devices: {
        all: () => [device()],
        byId: (id) => (id === desk ? device() : undefined),
        byExtension: () => undefined,
        byUsername: () => undefined,
      },
      people: { all: () => [{ id: anna, name: 'Anna' }] },
      numbers: { byNumber: (number) => (number === ours ? ({ number } as never) : undefined), byId: () => undefined },
      contactOf: (id) =>
        id === neighbour && numbersOfNeighbour.length > 0
          ? { name: 'Neighbour', numbers: numbersOfNeighbour.map((number) => ({ number })) }
          : undefined,
      mayCall: (number) => number !== dear,
    },
  });
}

beforeEach(() => {
  ({ db } = openDatabase({ path: ':memory:', log: createLog({ level: 'silent' }), clock: new FakeClock() }));
  numbersOfNeighbour = [mobile, landline];
  isDeskOn = true;
  chains = open();
});

type Targets = EscalationChainInput['steps'][number]['targets'];
const asking = (...targets: Targets) => ({ ...someone, steps: [...someone.steps, { targets, seconds: 20 }] });

async function refusal(input: EscalationChainInput): Promise<Record<string, string>> {
  const error: unknown = await chains.create(input).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw new Error('It was taken');
  expect(error.code).toBe('invalid');
  return Object.fromEntries(error.details.map(({ field, message }) => [field, message]));
}

describe('an escalation chain', () => {
  it('is there after a restart as it was saved', async () => {
    const made = await chains.create(asking({ kind: 'contact', id: neighbour, number: landline }, { kind: 'device', id: desk }));
    const changed = await chains.change(made.id, { name: 'Fire', ignoresDnd: false });
    expect(open().all()).toEqual([changed]);
    expect(changed).toEqual({ ...made, name: 'Fire', ignoresDnd: false });
    await chains.delete(made.id);
    expect(open().all()).toEqual([]);
  });

  it('calls the first number of a contact where none is said, and goes on calling it when the contact is gone', async () => {
    const made = await chains.create(asking({ kind: 'contact', id: neighbour }));
    expect(made.steps[1]?.targets).toEqual([{ kind: 'contact', id: neighbour, number: mobile }]);
    expect(chains.problemsOf(made)).toEqual([]);
    numbersOfNeighbour = [landline];
    expect(chains.problemsOf(made)).toEqual([
      {
        field: 'steps.1.targets.0',
        severity: 'warning',
        message: `${mobile} is no longer a number of Neighbour; it is still called`,
      },
    ]);
    numbersOfNeighbour = [];
    expect(chains.problemsOf(made)).toMatchObject([{ message: expect.stringContaining('no longer there') }]);
  });

  it.each<[string, Targets[number], string, string]>([
    ['a person who is not there', { kind: 'person', id: 'person_gone' }, 'steps.1.targets.0', 'person who is not there'],
    ['a phone that is not there', { kind: 'device', id: 'dev_gone' }, 'steps.1.targets.0', 'phone that is not there'],
    ['a contact who is not there', { kind: 'contact', id: 'contact_gone' }, 'steps.1.targets.0', 'contact who is not there'],
    [
      'a number that the contact does not have',
      { kind: 'contact', id: neighbour, number: dear },
      'steps.1.targets.0.number',
      'a number of Neighbour',
    ],
    ['a number of the house', { kind: 'number', number: ours }, 'steps.1.targets.0', 'number of this house'],
    [
      'a number that may never be called',
      { kind: 'number', number: dear },
      'steps.1.targets.0',
      'calls to this country or kind of number are not allowed',
    ],
  ])('is refused at the field for %s', async (_what, target, field, message) => {
    expect(await refusal(asking(target))).toEqual({ [field]: expect.stringContaining(message) });
  });

  it('is refused where it would call more than can be called in time', async () => {
    const step = { targets: Array.from({ length: 20 }, () => ({ kind: 'device', id: desk }) as const), seconds: 20 };
    expect(await refusal({ ...someone, steps: [step, step, step] })).toEqual({ steps: expect.stringContaining('at most 50') });
  });

  it('warns where nobody can be reached, and keeps its name changeable when it broke since', async () => {
    const made = await chains.create(someone);
    isDeskOn = false;
    expect(chains.problemsOf(made)).toMatchObject([{ field: 'steps', severity: 'warning' }]);
    expect((await chains.change(made.id, { name: 'Other' })).name).toBe('Other');
    await expect(chains.change('chain_gone', { name: 'Other' })).rejects.toThrow('There is no such escalation chain');
  });
});

describe('the list of chains', () => {
  it.each([
    [{ sort: 'createdAt', order: 'asc' }, ['Smoke', 'Doorbell', 'Leak']],
    [{ sort: 'createdAt', order: 'desc' }, ['Leak', 'Doorbell', 'Smoke']],
    [{ sort: 'name', order: 'asc' }, ['Doorbell', 'Leak', 'Smoke']],
  ])('by %j is in that order', async (asked, names) => {
    for (const name of ['Smoke', 'Doorbell', 'Leak']) {
      await chains.create({ ...someone, name });
      clock.advance(1000);
    }
    const list = escalationChainRoutes(chains).find(({ endpoint }) => endpoint === (listEscalationChains as unknown));
    const reply = list?.run({ query: { page: 1, per_page: 20, ...asked } } as never) as { items: { name: string }[] };
    expect(reply.items.map(({ name }) => name)).toEqual(names);
  });
});
