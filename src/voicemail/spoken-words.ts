import type { SpokenWords } from '#base/errors.ts';

export const noVoicemail: SpokenWords = {
  en: 'There is no such voicemail',
  de: 'Diese Sprachnachricht gibt es nicht',
  fr: "Ce message vocal n'existe pas",
  es: 'Ese mensaje de voz no existe',
  nl: 'Die voicemail bestaat niet',
};

export const whoseVoicemail: SpokenWords = {
  en: 'Say which voicemail, or whose',
  de: 'Sag, welche Sprachnachricht oder wessen',
  fr: 'Dites quel message vocal, ou de qui',
  es: 'Di qué mensaje de voz, o de quién',
  nl: 'Zeg welke voicemail, of van wie',
};

export const notInCall: SpokenWords = {
  en: 'There is no call that could be recorded',
  de: 'Es läuft kein Gespräch, das aufgezeichnet werden könnte',
  fr: "Il n'y a pas d'appel à enregistrer",
  es: 'No hay ninguna llamada que grabar',
  nl: 'Er is geen gesprek dat opgenomen kan worden',
};

export const notAnswered: SpokenWords = {
  en: 'Only a call that was answered can be recorded',
  de: 'Nur ein angenommenes Gespräch kann aufgezeichnet werden',
  fr: 'Seul un appel décroché peut être enregistré',
  es: 'Solo se puede grabar una llamada contestada',
  nl: 'Alleen een beantwoord gesprek kan worden opgenomen',
};

export const notRecorded: SpokenWords = {
  en: 'This call is not recorded',
  de: 'Dieses Gespräch wird nicht aufgezeichnet',
  fr: "Cet appel n'est pas enregistré",
  es: 'Esta llamada no se está grabando',
  nl: 'Dit gesprek wordt niet opgenomen',
};

export const diskFull: SpokenWords = {
  en: 'The disk is almost full: calls are not recorded until there is room',
  de: 'Der Speicher ist fast voll: Gespräche werden nicht aufgezeichnet, bis wieder Platz ist',
  fr: "Le disque est presque plein : les appels ne sont pas enregistrés tant qu'il n'y a pas de place",
  es: 'El disco está casi lleno: no se graban llamadas hasta que haya espacio',
  nl: 'De schijf is bijna vol: gesprekken worden niet opgenomen tot er weer ruimte is',
};

/** `en`: why, as the recorder says it. */
export function cannotRecord(en: string): SpokenWords {
  return {
    en,
    de: 'Dieses Gespräch kann nicht aufgezeichnet werden',
    fr: 'Cet appel ne peut pas être enregistré',
    es: 'Esta llamada no se puede grabar',
    nl: 'Dit gesprek kan niet worden opgenomen',
  };
}
