// Composes what notifications say, by the house's language, country and time zone.
// Called by notify.ts, for the channels.
import { houseName } from '#calls/house-name.ts';
import type { HouseLanguage } from '#contract/languages.ts';
import type { Told } from '#notify/kinds/content.ts';
import { render } from '#notify/words/render.ts';
import type { Rendered } from '#notify/words/render.ts';
import { spacedNumber } from '#numbers/spaced-number.ts';
import type { AppContext } from './context.ts';

export type Render = (told: Told | readonly [Told, ...Told[]], language: HouseLanguage) => Rendered;

export function composeRender({ options: { house }, clock }: Pick<AppContext, 'options' | 'clock'>): Render {
  const { timeZone, country } = house;
  return (told, language) => render(told, language, { houseName, timeZone, country, at: clock.now(), showNumber: spacedNumber });
}
