import { expect, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { dndCommands } from './dnd-commands.ts';

function house() {
  const clock = new FakeClock();
  const set: unknown[] = [];
  const [command] = dndCommands({
    clock,
    dnd: {
      set: async (subject, dnd) => (
        set.push([subject, dnd.isOn, dnd.until === undefined ? undefined : dnd.until - clock.now()]),
        dnd
      ),
    },
    house: {
      devices: { all: () => [{ id: 'dev_1', name: 'Kitchen' }] },
      people: { all: () => [{ id: 'person_1', name: 'Zoë' }] },
    },
  });
  return { set, run: async (input: object) => command!.run(command!.declaration.input.parse(input)) };
}

test.each([
  [{ of: 'exchange', on: true }, [{}, true, undefined]],
  [{ of: 'person', name: 'zoe', on: true, minutes: 60 }, [{ personId: 'person_1' }, true, 3_600_000]],
  [{ of: 'device', name: 'KITCHEN', on: false, minutes: 60 }, [{ deviceId: 'dev_1' }, false, undefined]],
  [{ of: 'device', id: 'dev_1', on: true, minutes: '0.5' }, [{ deviceId: 'dev_1' }, true, 30_000]],
])('%o switches it', async (input, switched) => {
  const { set, run } = house();
  await run(input);
  expect(set).toEqual([switched]);
});

test('the reply says until when, and for whom', async () => {
  expect(await house().run({ of: 'person', name: 'zoe', on: true, minutes: 60 })).toEqual({
    of: 'person',
    name: 'Zoë',
    on: true,
    until: expect.stringMatching(/Z$/),
  });
});

test.each([
  [{ of: 'person', on: true }, 'Say for whom'],
  [{ of: 'person', name: 'Kitchen', on: true }, 'There is no Kitchen. There are: Zoë'],
  [{ of: 'house', on: true }, 'Invalid option'],
  [{ of: 'exchange' }, 'expected boolean'],
  [{ of: 'exchange', on: true, minutes: -5 }, 'expected number to be >0'],
])('%o is refused', async (input, why) => {
  const { set, run } = house();
  await expect(run(input)).rejects.toThrow(why);
  expect(set).toEqual([]);
});
