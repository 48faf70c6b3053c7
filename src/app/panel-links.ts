// Composes the links into the panel: its own address by the option, its page in Home Assistant by what the Supervisor and Core say.
// Called by app.ts; every link that leaves the house comes from here.
// Must stay true: nothing waits for the Supervisor or Core; what they said last holds while they are away.
import type { PersonId } from '#base/ids.ts';
import type { CoreConnection } from '#home-assistant/core-connection.ts';
import { readCoreUrl } from '#home-assistant/core-house.ts';
import type { Supervisor } from '#home-assistant/supervisor.ts';
import type { PanelLink } from '#notify/kinds/content.ts';
import { panelLink, pathInHomeAssistant } from '#notify/words/links.ts';
import type { People } from '#people/people.ts';
import { HouseFacts } from '#storage/house-facts.ts';
import type { HouseFactName } from '#storage/house-facts.ts';
import type { AppContext, RoomFace, Storage } from './context.ts';
import { faceOf } from './face.ts';

export type PanelLinks = {
  /** `path`: of contract/panel-paths.ts. */
  readonly of: (path: string, personId: PersonId) => PanelLink;
  /** For somebody in Home Assistant: below its own address, such as `/app/<slug>/alerts`; else the panel's address. */
  readonly inHomeAssistant: (path: string) => string | undefined;
  /** Where Home Assistant's page of a device leads. */
  readonly forDevices: () => string | undefined;
  /** Asks for what is not known yet. Never rejects. */
  readonly lookUp: () => Promise<void>;
  readonly face: RoomFace;
};

type PanelLinksDeps = Pick<AppContext, 'options' | 'log' | 'stack'> & {
  readonly storage: Pick<Storage, 'db' | 'writes'>;
  /** Undefined where no Supervisor started us. */
  readonly supervisor: Pick<Supervisor, 'self'> | undefined;
  readonly core: CoreConnection | undefined;
  readonly people: Pick<People, 'byId'>;
};

export function composePanelLinks(deps: PanelLinksDeps): PanelLinks {
  const { options, supervisor, core, people, stack } = deps;
  const known = knownPlaces(deps);
  const own = options.http.publicUrl;
  const lookUp = async () => {
    if (supervisor !== undefined) await known.learn('app_page', async () => pageOf(await supervisor.self()));
  };
  if (supervisor !== undefined && core !== undefined)
    stack.defer(core.onConnected(() => void known.learn('home_assistant_url', () => readCoreUrl(core), true)));
  void lookUp();
  const page = () => known.get('app_page');
  return {
    of(path, personId) {
      const isTheirs = people.byId(personId)?.homeAssistantUserId !== undefined;
      return panelLink(path, { own, page: page(), homeAssistant: known.get('home_assistant_url') }, isTheirs);
    },
    inHomeAssistant(path) {
      const there = page();
      if (there !== undefined) return pathInHomeAssistant(path, there);
      return panelLink(path, { own, page: undefined, homeAssistant: undefined }, false).url;
    },
    forDevices() {
      const slug = /^\/(?:config\/)?app\/([^/]+)/.exec(page() ?? '')?.[1];
      return slug === undefined ? own : `homeassistant://app/${slug}`;
    },
    lookUp,
    face: faceOf({}),
  };
}

/** Our page there, whose name does not change; the one that tells of the app while it has no panel there. */
function pageOf({ slug, ingressPort }: Awaited<ReturnType<Supervisor['self']>>): string {
  return ingressPort === undefined ? `/config/app/${slug}/info` : `/app/${slug}`;
}

/** What was said last, also before this start. */
function knownPlaces({ storage: { db, writes }, supervisor, log: root }: PanelLinksDeps) {
  const log = root.child({ room: 'home-assistant' });
  const facts = new HouseFacts(db);
  const values = new Map<HouseFactName, string>();
  const learned = new Set<HouseFactName>();
  return {
    /** Whoever is no app of Home Assistant any more has no page there. */
    get: (name: HouseFactName) => (supervisor === undefined ? undefined : (values.get(name) ?? facts.get(name))),
    async learn(name: HouseFactName, ask: () => Promise<string | undefined>, isAskedAgain = false): Promise<void> {
      if (learned.has(name) && !isAskedAgain) return;
      try {
        const value = await ask();
        if (value === undefined) return;
        values.set(name, value);
        learned.add(name);
        if (facts.get(name) !== value) await writes.write(() => facts.set(name, value));
      } catch (error) {
        log.info({ err: error }, 'Where the panel is in Home Assistant is not known anew');
      }
    },
  };
}
