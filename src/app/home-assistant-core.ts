// Composes the line to Home Assistant's Core and what the house learns over it.
// Called by app.ts before routing, which decides by states; `start` once all rooms are there.
// Must stay true: nothing waits for Core, and a house without one lacks nothing else.
import { panelPaths } from '#contract/panel-paths.ts';
import { coreAlerts } from '#home-assistant/core-alerts.ts';
import { CoreCalendars } from '#home-assistant/core-calendars.ts';
import { coreHealth } from '#home-assistant/core-health.ts';
import { CoreLine } from '#home-assistant/core-line.ts';
import type { CoreConnection } from '#home-assistant/core-connection.ts';
import { CorePhones } from '#home-assistant/core-phones.ts';
import { CoreNotifications } from '#home-assistant/core-notifications.ts';
import type { OpenAlerts } from '#home-assistant/core-notifications.ts';
import { coreFetch } from '#home-assistant/core-rest.ts';
import type { CoreFetch } from '#home-assistant/core-rest.ts';
import { CoreSpeech } from '#home-assistant/core-speech.ts';
import { CoreStates } from '#home-assistant/core-states.ts';
import type { StatesPort } from '#routing/decision.ts';
import type { AppContext, RoomFace } from './context.ts';
import { faceOf } from './face.ts';
import type { PanelLinks } from './panel-links.ts';

export type CoreRoom = {
  /** Undefined where the house has no Home Assistant. */
  readonly core: CoreConnection | undefined;
  readonly coreFetch: CoreFetch | undefined;
  readonly speech: CoreSpeech | undefined;
  readonly calendars: CoreCalendars | undefined;
  readonly phones: CorePhones | undefined;
  readonly states: StatesPort;
  /** Asks for the states of what `entityIds` names, now and after each change of the rules. */
  readonly watchStates: (entityIds: () => readonly string[]) => void;
  /** Shows what is wrong in the house to the people of Home Assistant, from now on. */
  readonly showAlerts: (alerts: OpenAlerts, links: Pick<PanelLinks, 'inHomeAssistant' | 'lookUp'>) => void;
  readonly face: RoomFace;
};

export function composeCore({ options, clock, events, log, stack }: AppContext): CoreRoom {
  const access = options.homeAssistant.core;
  if (access === undefined) {
    const nothing = { core: undefined, coreFetch: undefined, speech: undefined, calendars: undefined, phones: undefined };
    return { ...nothing, states: () => undefined, watchStates: () => {}, showAlerts: () => {}, face: faceOf({}) };
  }
  const child = log.child({ room: 'home-assistant' });
  const line = new CoreLine({ access, clock, log: child });
  stack.use(line);
  const states = new CoreStates({ core: line, clock });
  stack.defer(() => states.stop());
  line.start();
  const closing = new AbortController();
  stack.defer(() => closing.abort());
  const fetchCore = coreFetch(access, clock, closing.signal);
  const phones = new CorePhones({ core: line, coreFetch: fetchCore });
  stack.defer(() => phones.stop());
  const { language, country } = options.house;
  return {
    core: line,
    coreFetch: fetchCore,
    calendars: new CoreCalendars({ core: line, coreFetch: fetchCore }),
    speech: new CoreSpeech({ core: line, coreFetch: fetchCore, language, country }),
    phones,
    states: (entityId) => states.of(entityId),
    watchStates(entityIds) {
      stack.defer(events.on('routes.changed', () => states.watch(entityIds())));
      states.watch(entityIds());
    },
    showAlerts(alerts, links) {
      const page = async () => {
        await links.lookUp();
        return links.inHomeAssistant(panelPaths.alerts());
      };
      const notifications = new CoreNotifications({ core: line, clock, log: child, alerts, page });
      stack.defer(() => notifications.stop());
    },
    face: faceOf({
      alerts: coreAlerts(() => line.state),
      probes: { 'Home Assistant': () => coreHealth(line.state, access.url) },
    }),
  };
}
