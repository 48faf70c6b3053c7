import type { Escalation, EscalationLeg } from '#calls/escalation.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { EscalationHarness } from '#testing/harness/escalation-harness.ts';

export type AlarmRun = {
  readonly path: string;
  /** Takes down what was done. */
  readonly note: (what: string) => void;
  /** Called before and behind each write and each call. */
  readonly point: () => void;
};

/** One alarm along a chain of three, on a database that stays: begun, or gone on with, until somebody has it. */
export function runAlarm({ path, note, point }: AlarmRun): Escalation | undefined {
  const tell = (what: string) => {
    note(`told ${what}`);
    point();
  };
  const clock = new FakeClock();
  const house = new EscalationHarness({ clock, path, onStore: point, onTold: tell });
  const calls: EscalationLeg[] = [];
  house.caller.onCall = (leg) => {
    point();
    note(`called ${leg.name}`);
    calls.push(leg);
    point();
  };
  house.escalations.start();
  point();
  const alarms = () => house.escalations.list({}, { limit: 1, offset: 0, order: 'asc' });
  if (alarms().total === 0) house.begin(house.chain(['Anna', 'Ben Carla']), 'alarm');
  point();
  for (let turn = 0; turn < 20; turn += 1) {
    for (const { name } of calls.splice(0)) {
      house.caller.to(name).answer();
      point();
    }
    clock.advance(5_000);
    point();
    pressKeys(house, (name) => {
      note(`confirmed ${name}`);
      point();
    });
  }
  const [alarm] = alarms().items;
  house.close();
  return alarm;
}

/** Anna has an answering machine; Ben and Carla press 1 in the same moment. */
function pressKeys({ caller }: EscalationHarness, confirmed: (name: string) => void): void {
  for (const call of caller.calls.filter(({ leg }) => leg.name !== 'Anna')) call.press('1');
  for (const { leg } of caller.calls.filter(({ said }) => said.at(-1) === 'taken')) confirmed(leg.name);
  for (const call of caller.calls) call.finishWords();
}
