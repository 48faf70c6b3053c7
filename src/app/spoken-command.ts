// Makes the refusals of a command fit to be spoken, in the language of the house.
// Called when the faces of the rooms are mounted.
// Must stay true: what is said is a whole sentence of that language, and never the text of an internal fault.
import { AppError } from '#base/errors.ts';
import type { ErrorCode } from '#base/errors.ts';
import type { Command } from '#contract/command.ts';
import type { HouseLanguage } from '#contract/languages.ts';
import type { Words } from '#contract/words.ts';

export function spokenIn(language: HouseLanguage, { declaration, run }: Command): Command {
  return {
    declaration,
    run: async (...asked) => {
      try {
        return await run(...asked);
      } catch (error) {
        throw error instanceof AppError && error.code !== 'internal'
          ? new AppError(error.code, sentence(error, language), { cause: error, details: error.details })
          : error;
      }
    },
  };
}

/** What has no words of its own is about the set-up of the house, which its administrator reads in English elsewhere. */
function sentence({ code, words, message, details }: AppError, language: HouseLanguage): string {
  const spoken = words?.[language];
  if (spoken !== undefined) return spoken;
  if (language !== 'en') return (byCode[code] ?? refused)[language];
  return details.length === 0 ? message : details.map((one) => `${one.field} ${one.message}`).join('; ');
}

const refused: Words = {
  en: 'This is not possible',
  de: 'Das ist nicht möglich',
  fr: "Ce n'est pas possible",
  es: 'Eso no es posible',
  nl: 'Dat is niet mogelijk',
};

const byCode: { readonly [Code in ErrorCode]?: Words } = {
  'not-found': {
    en: 'There is no such thing',
    de: 'Das gibt es nicht',
    fr: "Cela n'existe pas",
    es: 'Eso no existe',
    nl: 'Dat bestaat niet',
  },
  unavailable: {
    en: 'This is not possible at the moment',
    de: 'Das geht im Moment nicht',
    fr: "Ce n'est pas possible pour le moment",
    es: 'Eso no es posible en este momento',
    nl: 'Dat kan op dit moment niet',
  },
  'rate-limited': {
    en: 'That was too often: try again later',
    de: 'Das war zu oft: Versuch es später noch einmal',
    fr: 'Trop de demandes : réessayez plus tard',
    es: 'Demasiadas veces: inténtalo más tarde',
    nl: 'Dat was te vaak: probeer het later nog eens',
  },
};
