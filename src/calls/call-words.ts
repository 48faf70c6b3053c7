import type { Words } from '#contract/words.ts';

export const callEventName: Words = { en: 'Call', de: 'Anruf', fr: 'Appel', es: 'Llamada', nl: 'Oproep' };

export const lastCallName: Words = {
  en: 'Last call',
  de: 'Letzter Anruf',
  fr: 'Dernier appel',
  es: 'Última llamada',
  nl: 'Laatste oproep',
};

/** The types of a call event, as an automation editor offers them. */
export const callEventTypes = {
  incoming: { en: 'Incoming call', de: 'Eingehender Anruf', fr: 'Appel entrant', es: 'Llamada entrante', nl: 'Inkomende oproep' },
  answered: {
    en: 'Call answered',
    de: 'Anruf angenommen',
    fr: 'Appel décroché',
    es: 'Llamada contestada',
    nl: 'Oproep beantwoord',
  },
  ended: { en: 'Call ended', de: 'Anruf beendet', fr: 'Appel terminé', es: 'Llamada finalizada', nl: 'Oproep beëindigd' },
  missed: { en: 'Missed call', de: 'Verpasster Anruf', fr: 'Appel manqué', es: 'Llamada perdida', nl: 'Gemiste oproep' },
  blocked: { en: 'Call blocked', de: 'Anruf blockiert', fr: 'Appel bloqué', es: 'Llamada bloqueada', nl: 'Oproep geblokkeerd' },
  voicemail: {
    en: 'Voicemail left',
    de: 'Sprachnachricht hinterlassen',
    fr: 'Message vocal laissé',
    es: 'Mensaje de voz dejado',
    nl: 'Voicemail ingesproken',
  },
  emergency: {
    en: 'Emergency call',
    de: 'Notruf',
    fr: "Appel d'urgence",
    es: 'Llamada de emergencia',
    nl: 'Noodoproep',
  },
  star_code: {
    en: 'Star code dialled',
    de: 'Sterncode gewählt',
    fr: 'Code étoile composé',
    es: 'Código con asterisco marcado',
    nl: 'Stercode gekozen',
  },
} as const satisfies Readonly<Record<string, Words>>;
