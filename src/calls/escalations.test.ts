import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { EscalationHarness, outside, personIdOf, phoneOf } from '#testing/harness/escalation-harness.ts';

let clock: FakeClock;
let house: EscalationHarness;

beforeEach(() => {
  clock = new FakeClock();
  house = new EscalationHarness({ clock });
});
afterEach(() => house.close());

describe('an escalation', () => {
  it('goes from person to person until one of them presses 1, and tells the others', () => {
    const started = house.begin(house.chain(['Anna', 'Ben outside', 'Carla']));
    const anna = house.caller.to('Anna');
    anna.ring();
    clock.advance(20_000);
    expect(anna.hungUp).toBe('no-answer');
    house.caller.to('Neighbour').answer();
    const ben = house.caller.to('Ben');
    ben.answer();
    expect(ben.said).toEqual(['Smoke in the kitchen press-to-take']);
    clock.advance(3_000);
    ben.press('1');
    expect(house.stateOf(started).taker).toEqual({ personId: personIdOf('Ben'), name: 'Ben', by: 'key', at: clock.now() });
    expect(ben.said.at(-1)).toBe('taken');
    expect(house.caller.to('Neighbour').said.at(-1)).toBe('Ben taken-by-another');
    expect(house.caller.calls).toHaveLength(3);
    expect(house.legsOf(started)).toEqual(['Anna no-answer', 'Ben took', 'Neighbour taken-by-another']);
    expect(house.told).toEqual(['started Smoke', 'taken Ben', 'Anna: Ben has it', 'Neighbour: Ben has it']);
    expect(ben.hungUp).toBeUndefined();
    ben.finishWords();
    expect(ben.hungUp).toBe('stopped');
    expect(house.escalations.current()).toEqual([]);
  });

  it('says the message again and again, and gives up after a minute: a machine does not hold it up', () => {
    const started = house.begin(house.chain(['Anna', 'Ben']));
    const machine = house.caller.to('Anna');
    machine.answer();
    machine.finishWords();
    clock.advance(1_500);
    expect(machine.said).toHaveLength(2);
    clock.advance(18_500);
    expect(house.legsOf(started)).toEqual(['Anna open', 'Ben open']);
    clock.advance(40_000);
    expect(machine.hungUp).toBe('no-answer');
    expect(house.legsOf(started)).toEqual(['Anna no-key', 'Ben no-answer']);
    expect(house.told).toEqual(['started Smoke', 'exhausted Smoke']);
  });

  it('goes through the chain again after the pause, and to its end', () => {
    const started = house.begin(house.chain(['Anna', 'Ben'], { rounds: 2, pauseSeconds: 7 }));
    clock.advance(40_000);
    expect(house.stateOf(started)).toMatchObject({ phase: 'pausing', round: 1 });
    clock.advance(7_000);
    expect(house.stateOf(started)).toMatchObject({ phase: 'asking', round: 2, step: 0 });
    clock.advance(40_000);
    expect(house.stateOf(started)).toMatchObject({ phase: 'exhausted', endedAt: clock.now() });
    expect(house.escalations.current()).toHaveLength(1);
  });

  it('is kept for an administrator where nobody took it, only where the chain wants that', () => {
    house.begin(house.chain(['Anna'], { ifNobody: 'nothing' }));
    clock.advance(20_000);
    expect(house.told.at(-1)).toBe('exhausted Smoke');
    expect(house.escalations.current()).toEqual([]);
  });

  it('starts once where the request is repeated, also after a restart and after its end', () => {
    const chain = house.chain(['Anna']);
    const started = house.begin(chain, 'smoke-1');
    expect(house.begin(chain, 'smoke-1').id).toBe(started.id);
    house.restart();
    expect(house.begin(chain, 'smoke-1').id).toBe(started.id);
    house.escalations.start();
    clock.advance(20_000);
    expect(house.begin(chain, 'smoke-1').id).toBe(started.id);
    expect(house.told.filter((text) => text.startsWith('started'))).toEqual(['started Smoke']);
    expect(() => house.begin(house.chain(['Ben']), 'smoke-1')).toThrow('This key has started another escalation');
    expect(house.begin(chain, 'smoke-2').id).not.toBe(started.id);
  });

  it('is taken and cancelled once', () => {
    const taken = house.begin(house.chain(['Anna', 'Ben']));
    house.caller.to('Anna').answer();
    house.escalations.take(taken, { personId: personIdOf('Carla'), name: 'Carla' });
    expect(house.caller.to('Anna').said.at(-1)).toBe('Carla taken-by-another');
    expect(house.stateOf(taken).taker).toMatchObject({ name: 'Carla', by: 'api' });
    expect(() => house.escalations.take(taken, { personId: undefined, name: '' })).toThrow('Carla has taken it already');
    expect(() => house.escalations.cancel(taken)).toThrow('Carla has taken it already');
    const cancelled = house.begin(house.chain(['Anna']));
    house.escalations.cancel(cancelled);
    expect(house.caller.to('Anna').hungUp).toBe('stopped');
    expect(() => house.escalations.take(cancelled, { personId: undefined, name: '' })).toThrow('It was cancelled');
    expect(house.told.slice(-2)).toEqual(['started Smoke', 'cancelled']);
  });

  it('can be taken where nobody took it and nobody is to see it any more', () => {
    const started = house.begin(house.chain(['Anna'], { ifNobody: 'nothing' }));
    clock.advance(20_000);
    house.escalations.take(started, { personId: personIdOf('Ben'), name: 'Ben' });
    expect(house.told.slice(-2)).toEqual(['taken Ben', 'Anna: Ben has it']);
  });

  it('rings phones although do not disturb is on, unless the chain says otherwise', () => {
    house.dnd.persons.set(personIdOf('Anna'), { isOn: true, until: undefined });
    house.dnd.devices.set(phoneOf('Ben'), { isOn: true, until: undefined });
    expect(house.legsOf(house.begin(house.chain(['Anna Ben'])))).toEqual(['Anna open', 'Ben open']);
    const quiet = house.begin(house.chain(['Anna Ben', 'Carla'], { ignoresDnd: false }));
    expect(house.legsOf(quiet)).toEqual(['Anna dnd', 'Ben dnd', 'Carla open']);
    house.quiet.add(phoneOf('Carla'));
    expect(house.legsOf(house.begin(house.chain(['Carla'])))).toEqual(['Carla open']);
    expect(house.legsOf(house.begin(house.chain(['Carla'], { ignoresDnd: false })))).toEqual(['Carla dnd']);
  });

  it('skips who is away and what may no longer be called, and says so', () => {
    house.offline.add(phoneOf('Anna'));
    house.mayCall = false;
    const started = house.begin(house.chain(['Anna outside', 'Ben']));
    expect(house.legsOf(started)).toEqual(['Anna offline', 'Neighbour not-allowed', 'Ben open']);
    house.caller.to('Ben').press('1');
    // Nobody who was not called is told that they need not come.
    expect(house.told).toEqual(['started Smoke', 'taken Ben']);
  });

  it('goes on where nothing can be stored, and is stored when there is room again: an alarm on a full disk still rings', () => {
    const chain = house.chain(['Anna', 'Ben']);
    house.setWritable(false);
    const started = house.begin(chain, 'full');
    clock.advance(20_000);
    house.caller.to('Ben').press('1');
    expect(house.begin(chain, 'full').id).toBe(started.id);
    expect(house.stateOf(started).taker?.name).toBe('Ben');
    expect(house.store.byId(started.id)).toBeUndefined();
    house.setWritable(true);
    clock.advance(30_000);
    expect(house.store.byId(started.id)?.state).toMatchObject({
      taker: { name: 'Ben' },
      legs: [{ name: 'Anna' }, { name: 'Ben' }],
    });
    house.restart();
    expect(house.legsOf(started)).toEqual(['Anna no-answer', 'Ben took']);
  });

  it('is refused where five of the same chain go on already, and no other chain with it', () => {
    const chain = house.chain(['Anna']);
    for (let count = 0; count < 5; count += 1) house.begin(chain);
    expect(() => house.begin(chain)).toThrow('5 escalations of this chain go on already');
    expect(house.begin(house.chain(['Ben'])).state.phase).toBe('asking');
    clock.advance(20_000);
    expect(house.begin(chain).state.phase).toBe('asking');
  });

  it('goes on with the next one where a call cannot even be made', () => {
    house.caller.onCall = ({ name }) => {
      if (name === 'Anna') throw new Error('No port');
    };
    const started = house.begin(house.chain(['Anna', 'Ben']));
    expect(house.legsOf(started)).toEqual(['Anna failed']);
    // What failed may be there again a moment later.
    clock.advance(20_000);
    expect(house.legsOf(started)).toEqual(['Anna failed', 'Ben open']);
  });
});

describe('after a restart', () => {
  it('an escalation goes on with the person whose turn it is, in the same round', () => {
    const started = house.begin(house.chain(['Anna', 'Ben'], { rounds: 2 }));
    clock.advance(20_000);
    house.restart();
    house.escalations.start();
    expect(house.legsOf(started)).toEqual(['Anna no-answer', 'Ben interrupted', 'Ben open']);
    clock.advance(20_000);
    expect(house.stateOf(started)).toMatchObject({ phase: 'pausing', round: 1 });
    house.restart();
    clock.advance(4_000);
    house.escalations.start();
    clock.advance(6_000);
    expect(house.stateOf(started)).toMatchObject({ phase: 'asking', round: 2 });
  });

  it('one that nobody took is still to be seen, and one that was taken is not', () => {
    const lost = house.begin(house.chain(['Anna']));
    clock.advance(20_000);
    house.caller.onCall = () => {};
    const taken = house.begin(house.chain(['Ben']));
    house.caller.to('Ben').press('1');
    house.restart();
    house.escalations.start();
    expect(house.escalations.current().map(({ id }) => id)).toEqual([lost.id]);
    expect(house.stateOf(taken).taker?.name).toBe('Ben');
  });

  it('nobody is called for an alarm of long ago, such as one in a backup; administrators are told', () => {
    const started = house.begin(house.chain(['Anna', 'Ben'], { rounds: 2 }));
    clock.advance(10_000);
    house.restart();
    clock.advance(3_600_001);
    house.escalations.start();
    expect(house.legsOf(started)).toEqual(['Anna interrupted']);
    expect(house.told.at(-1)).toBe('exhausted Smoke');
    expect(house.escalations.current()).toHaveLength(1);
  });

  it('a stopped house changes nothing of it by the calls that it ends', () => {
    const started = house.begin(house.chain(['Anna', 'Ben']));
    const before = house.caller.to('Anna');
    house.escalations.stop();
    before.end('cancelled');
    clock.advance(60_000);
    house.restart();
    house.escalations.start();
    expect(house.legsOf(started)).toEqual(['Anna interrupted', 'Anna open']);
  });
});

describe('the list of escalations', () => {
  it('shows a person those that may ask them, newest first, and an administrator all', () => {
    const page = { limit: 10, offset: 0, order: 'desc' } as const;
    const first = house.begin(house.chain(['Anna']));
    clock.advance(1_000);
    const second = house.begin(house.chain(['Ben', 'Anna']));
    clock.advance(1_000);
    const third = house.begin(house.chain(['Carla outside']));
    const list = (filter: Parameters<typeof house.escalations.list>[0]) => {
      const { items, total } = house.escalations.list(filter, page);
      return [total, ...items.map(({ id }) => id)];
    };
    expect(list({})).toEqual([3, third.id, second.id, first.id]);
    expect(list({ visibleTo: personIdOf('Anna') })).toEqual([2, second.id, first.id]);
    house.escalations.cancel(first);
    expect(list({ visibleTo: personIdOf('Anna'), phase: 'asking' })).toEqual([1, second.id]);
    expect(() => house.escalations.get(third.id, personIdOf('Anna'))).toThrow('There is no such escalation');
    expect(house.escalations.get(third.id, personIdOf('Carla')).state.legs.map(({ number }) => number)).toEqual([
      undefined,
      outside,
    ]);
  });
});
