// Composes what Home Assistant says of the house with the options: country, time zone and language, where the options leave them open.
// Called by app.ts: `knownHouse` before the rooms are made, `learnHouse` when they are.
// Must stay true: the options win; what is learned is stored before it is used, so that a start never waits for Home Assistant.
import { isDeepStrictEqual } from 'node:util';
import { CoreError } from '#home-assistant/core-connection.ts';
import type { CoreConnection } from '#home-assistant/core-connection.ts';
import { readCoreHouse } from '#home-assistant/core-house.ts';
import type { CoreHouse } from '#home-assistant/core-house.ts';
import { houseLanguages } from '#contract/languages.ts';
import { HouseFacts } from '#storage/house-facts.ts';
import { languageOf } from '#options/language.ts';
import type { Options } from '#options/options.ts';
import type { AppContext, Storage } from './context.ts';

type House = Options['house'];

/** The options, with what Home Assistant said before this start. */
export function knownHouse(options: Options, { db }: Pick<Storage, 'db'>): Options {
  if (options.homeAssistant.core === undefined) return options;
  const facts = new HouseFacts(db);
  const language = houseLanguages.find((one) => one === facts.get('language'));
  const learned = { country: facts.get('country'), timeZone: facts.get('time_zone'), language };
  return { ...options, house: withLearned(options.house, learned) };
}

/** Of `learned` what the options leave open. */
function withLearned(house: House, learned: CoreHouse): House {
  const country = house.isCountryGiven ? house.country : (learned.country ?? house.country);
  return {
    ...house,
    country,
    timeZone: house.isTimeZoneGiven ? house.timeZone : (learned.timeZone ?? house.timeZone),
    language: house.isLanguageGiven ? house.language : (learned.language ?? languageOf(country)),
  };
}

type LearnDeps = AppContext & {
  readonly storage: Pick<Storage, 'db' | 'writes' | 'mode'>;
  readonly core: CoreConnection | undefined;
  readonly isQuiet: () => boolean;
};

const lookEveryMs = 30_000;

/** Stores what Core says each time it comes, and begins anew with it in a moment without calls. */
export function learnHouse({ options, overrides, storage, core, isQuiet, clock, log: root, stack }: LearnDeps): void {
  if (core === undefined) return;
  const log = root.child({ room: 'home-assistant' });
  const facts = new HouseFacts(storage.db);
  const { house } = options;
  let isOutdated = false;
  const look = () => {
    // What is only in memory would be forgotten, and learned anew, for ever.
    if (isOutdated && storage.mode === 'normal' && isQuiet()) overrides.restart?.();
  };
  const learn = async () => {
    const learned = await readCoreHouse(core);
    const next = withLearned(house, learned);
    await storage.writes.write(() => {
      if (learned.country !== undefined) facts.set('country', learned.country);
      if (learned.timeZone !== undefined) facts.set('time_zone', learned.timeZone);
      if (learned.language !== undefined) facts.set('language', learned.language);
    });
    isOutdated = !isDeepStrictEqual(next, house);
    if (!isOutdated) return;
    const { country, timeZone, language } = next;
    log.info(
      { country, timeZone, language },
      'Home Assistant says another country, time zone or language: they hold from the next start, in a moment without calls',
    );
    look();
  };
  const tryToLearn = () =>
    void learn().catch((error: unknown) => {
      if (error instanceof CoreError) log.info({ err: error }, 'Home Assistant does not say its country, time zone and language');
      else log.error({ err: error }, 'The country, time zone and language of Home Assistant could not be kept');
    });
  stack.defer(core.onConnected(tryToLearn));
  const timer = clock.every(lookEveryMs, look);
  stack.defer(() => timer.cancel());
}
