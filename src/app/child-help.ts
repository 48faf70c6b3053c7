// Composes what follows when a child's phone calls help: its parents are told at once.
// Called by app.ts, after calls and escalations.
// Must stay true: the call for help itself waits for nothing here, and nobody is put into it.
import { childHelp } from '#calls/child-help.ts';
import type { Escalations } from '#calls/escalations.ts';
import { lineOfDevice } from '#routing/child-line.ts';
import type { CallsRoom } from './calls.ts';
import type { AppContext } from './context.ts';
import type { DevicesRoom } from './devices.ts';
import type { PeopleRoom } from './people.ts';
import type { RoutingRoom } from './routing.ts';

type ChildHelpDeps = AppContext & {
  readonly calls: Pick<CallsRoom, 'calls'>;
  readonly devices: Pick<DevicesRoom['devices'], 'byId'>;
  readonly people: Pick<PeopleRoom['people'], 'byId'>;
  readonly routing: Pick<RoutingRoom, 'childLines'>;
  readonly escalations: { readonly escalations: Pick<Escalations, 'beginPlan'> };
};

export function composeChildHelp({ options, events, stack, ...deps }: ChildHelpDeps): void {
  const { calls, devices, people, routing, escalations } = deps;
  stack.defer(
    events.on('call.started', ({ callId }) => {
      const call = calls.calls.get(callId);
      const device = call?.record.caller.deviceId === undefined ? undefined : devices.byId(call.record.caller.deviceId);
      if (call?.isEmergency !== true || device === undefined) return;
      const line = lineOfDevice(device, routing.childLines.facts());
      const child = device.personId === undefined ? undefined : people.byId(device.personId);
      const { language } = options.house;
      const help = line && childHelp({ line, name: child?.name ?? device.name, number: call.record.callee.number, language });
      if (help !== undefined) escalations.escalations.beginPlan(help.plan, help.message);
    }),
  );
}
