// The words that the house has recorded. Called by make.ts, which speaks them into the folders beside it.
import type { PromptName } from '#calls/phrase.ts';
import type { HouseLanguage } from '#contract/languages.ts';

/** The voices of espeak-ng, and how each language counts on a telephone. */
export const voices: Readonly<Record<HouseLanguage, { readonly voice: string; readonly digits: readonly string[] }>> = {
  en: { voice: 'en-us', digits: ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'] },
  de: { voice: 'de', digits: ['null', 'eins', 'zwei', 'drei', 'vier', 'fünf', 'sechs', 'sieben', 'acht', 'neun'] },
  fr: { voice: 'fr', digits: ['zéro', 'un', 'deux', 'trois', 'quatre', 'cinq', 'six', 'sept', 'huit', 'neuf'] },
  es: { voice: 'es', digits: ['cero', 'uno', 'dos', 'tres', 'cuatro', 'cinco', 'seis', 'siete', 'ocho', 'nueve'] },
  nl: { voice: 'nl', digits: ['nul', 'een', 'twee', 'drie', 'vier', 'vijf', 'zes', 'zeven', 'acht', 'negen'] },
};

export const promptTexts: Readonly<Record<PromptName, Readonly<Record<HouseLanguage, string>>>> = {
  'cannot-be-taken': {
    en: 'This call cannot be taken at the moment. Goodbye.',
    de: 'Dieser Anruf kann im Moment nicht angenommen werden. Auf Wiederhören.',
    fr: 'Cet appel ne peut pas être pris pour le moment. Au revoir.',
    es: 'En este momento no se puede atender esta llamada. Adiós.',
    nl: 'Deze oproep kan op dit moment niet worden aangenomen. Tot ziens.',
  },
  'not-permitted': {
    en: 'This phone may not call that number.',
    de: 'Dieses Telefon darf diese Nummer nicht anrufen.',
    fr: "Ce téléphone n'est pas autorisé à appeler ce numéro.",
    es: 'Este teléfono no puede llamar a ese número.',
    nl: 'Deze telefoon mag dat nummer niet bellen.',
  },
  'not-permitted-now': {
    en: 'This phone may not make calls at this time.',
    de: 'Mit diesem Telefon darf um diese Zeit nicht telefoniert werden.',
    fr: "Ce téléphone n'est pas autorisé à appeler à cette heure.",
    es: 'Este teléfono no puede llamar a esta hora.',
    nl: 'Met deze telefoon mag op dit tijdstip niet worden gebeld.',
  },
  'limit-reached': {
    en: 'The limit for calls outside has been reached. Please try again later.',
    de: 'Die Grenze für Anrufe nach außen ist erreicht. Bitte versuchen Sie es später noch einmal.',
    fr: "La limite des appels vers l'extérieur est atteinte. Veuillez réessayer plus tard.",
    es: 'Se ha alcanzado el límite de llamadas al exterior. Por favor, inténtelo más tarde.',
    nl: 'De limiet voor gesprekken naar buiten is bereikt. Probeer het later nog eens.',
  },
  'no-line': {
    en: 'The call could not be made. There is no line outside at the moment.',
    de: 'Der Anruf war nicht möglich. Im Moment gibt es keine Leitung nach außen.',
    fr: "L'appel n'a pas pu être établi. Il n'y a pas de ligne extérieure pour le moment.",
    es: 'No se ha podido llamar. En este momento no hay línea exterior.',
    nl: 'De oproep is niet gelukt. Er is op dit moment geen buitenlijn.',
  },
  'unknown-number': {
    en: 'There is no such number. Please check it and try again.',
    de: 'Diese Nummer gibt es nicht. Bitte prüfen Sie die Nummer.',
    fr: "Ce numéro n'existe pas. Veuillez le vérifier.",
    es: 'Ese número no existe. Por favor, compruébelo.',
    nl: 'Dat nummer bestaat niet. Controleer het nummer.',
  },
  'press-key': {
    en: 'To be put through, please press',
    de: 'Um verbunden zu werden, drücken Sie bitte die',
    fr: 'Pour être mis en relation, appuyez sur la touche',
    es: 'Para que le pasemos la llamada, pulse',
    nl: 'Om te worden doorverbonden, toets',
  },
  'wrong-key': {
    en: 'That was not the right key.',
    de: 'Das war nicht die richtige Taste.',
    fr: "Ce n'était pas la bonne touche.",
    es: 'Esa no era la tecla correcta.',
    nl: 'Dat was niet de juiste toets.',
  },
  'one-moment': {
    en: 'One moment, please. You are being connected.',
    de: 'Einen Moment bitte. Sie werden verbunden.',
    fr: 'Un instant, s’il vous plaît. Nous vous mettons en relation.',
    es: 'Un momento, por favor. Le estamos conectando.',
    nl: 'Een ogenblik. U wordt doorverbonden.',
  },
  'call-from': { en: 'Call from', de: 'Anruf von', fr: 'Appel de', es: 'Llamada de', nl: 'Oproep van' },
  'hidden-number': {
    en: 'a caller who hides their number',
    de: 'jemandem mit unterdrückter Nummer',
    fr: 'quelqu’un dont le numéro est masqué',
    es: 'alguien con número oculto',
    nl: 'iemand met een verborgen nummer',
  },
  'press-to-accept': {
    en: 'To take the call, press 1. To refuse it, press 2.',
    de: 'Um den Anruf anzunehmen, drücken Sie die 1. Um ihn abzulehnen, drücken Sie die 2.',
    fr: "Pour prendre l'appel, appuyez sur 1. Pour le refuser, appuyez sur 2.",
    es: 'Para atender la llamada, pulse 1. Para rechazarla, pulse 2.',
    nl: 'Om de oproep aan te nemen, toets 1. Om hem te weigeren, toets 2.',
  },
  'unknown-caller-for-child': {
    en: 'An unknown caller is calling a child of the house. To take the call this once, press 1. To let this number through from now on, press 2. To block it, press 3.',
    de: 'Ein unbekannter Anrufer möchte ein Kind im Haus sprechen. Um den Anruf einmal anzunehmen, drücken Sie die 1. Um diese Nummer künftig durchzulassen, drücken Sie die 2. Um sie zu sperren, drücken Sie die 3.',
    fr: 'Un inconnu appelle un enfant de la maison. Pour prendre l’appel cette fois, appuyez sur 1. Pour laisser passer ce numéro à l’avenir, appuyez sur 2. Pour le bloquer, appuyez sur 3.',
    es: 'Un desconocido llama a un niño de la casa. Para atender la llamada esta vez, pulse 1. Para dejar pasar este número en adelante, pulse 2. Para bloquearlo, pulse 3.',
    nl: 'Een onbekende belt een kind in huis. Om de oproep deze keer aan te nemen, toets 1. Om dit nummer voortaan door te laten, toets 2. Om het te blokkeren, toets 3.',
  },
  'call-for-help': {
    en: 'Attention. Help is needed in the house.',
    de: 'Achtung. Im Haus wird Hilfe gebraucht.',
    fr: "Attention. On a besoin d'aide dans la maison.",
    es: 'Atención. Se necesita ayuda en la casa.',
    nl: 'Let op. Er is hulp nodig in huis.',
  },
  'press-to-take': {
    en: 'If you take care of it, press 1.',
    de: 'Wenn Sie sich darum kümmern, drücken Sie die 1.',
    fr: 'Si vous vous en occupez, appuyez sur 1.',
    es: 'Si usted se encarga, pulse 1.',
    nl: 'Als u ervoor zorgt, toets 1.',
  },
  taken: {
    en: 'Thank you. It is yours, and the others are told.',
    de: 'Danke. Sie kümmern sich darum, und die anderen erfahren es.',
    fr: 'Merci. Vous vous en occupez, et les autres en sont avertis.',
    es: 'Gracias. Usted se encarga, y se avisa a los demás.',
    nl: 'Dank u. U zorgt ervoor, en de anderen horen het.',
  },
  'taken-by-another': {
    en: 'Thank you. Somebody else is taking care of it.',
    de: 'Danke. Es kümmert sich schon jemand darum.',
    fr: "Merci. Quelqu'un d'autre s'en occupe déjà.",
    es: 'Gracias. Ya se encarga otra persona.',
    nl: 'Dank u. Er zorgt al iemand anders voor.',
  },
  'test-call': {
    en: 'This is a test call from GoSIP. If you hear this, please press',
    de: 'Dies ist ein Testanruf von GoSIP. Wenn Sie dies hören, drücken Sie bitte die',
    fr: "Ceci est un appel d'essai de GoSIP. Si vous entendez ce message, appuyez sur la touche",
    es: 'Esta es una llamada de prueba de GoSIP. Si oye este mensaje, pulse el',
    nl: 'Dit is een testoproep van GoSIP. Als u dit hoort, druk dan op de',
  },
  'test-call-works': {
    en: 'Thank you. This phone works. Goodbye.',
    de: 'Danke. Dieses Telefon funktioniert. Auf Wiederhören.',
    fr: 'Merci. Ce téléphone fonctionne. Au revoir.',
    es: 'Gracias. Este teléfono funciona. Adiós.',
    nl: 'Dank u. Deze telefoon werkt. Tot ziens.',
  },
};
