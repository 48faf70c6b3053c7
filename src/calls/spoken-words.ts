import type { SpokenWords } from '#base/errors.ts';
import type { CallReason } from '#contract/call-verdicts.ts';

// What is said where a call that was asked for is not made, or where there is none to end or record.

export function switchedOff(name: string): SpokenWords {
  return {
    en: `${name} is switched off`,
    de: `${name} ist ausgeschaltet`,
    fr: `${name} est désactivé`,
    es: `${name} está desactivado`,
    nl: `${name} is uitgeschakeld`,
  };
}

export function notRegistered(name: string): SpokenWords {
  return {
    en: `${name} is not registered`,
    de: `${name} ist nicht angemeldet`,
    fr: `${name} n'est pas enregistré`,
    es: `${name} no está registrado`,
    nl: `${name} is niet aangemeld`,
  };
}

export function inCall(name: string): SpokenWords {
  return {
    en: `${name} is in a call`,
    de: `${name} telefoniert gerade`,
    fr: `${name} est déjà en communication`,
    es: `${name} está en una llamada`,
    nl: `${name} is in gesprek`,
  };
}

export function nobodyThere(name: string): SpokenWords {
  return {
    en: `Nobody is at ${name} to speak: call for help with a phone`,
    de: `An ${name} ist niemand, der spricht: rufen Sie mit einem Telefon um Hilfe`,
    fr: `Personne n'est à ${name} pour parler : appelez les secours avec un téléphone`,
    es: `No hay nadie en ${name} que hable: pida ayuda con un teléfono`,
    nl: `Bij ${name} is niemand om te spreken: bel om hulp met een telefoon`,
  };
}

export function notInCall(name: string): SpokenWords {
  return {
    en: `${name} is not in a call`,
    de: `${name} ist in keinem Gespräch`,
    fr: `${name} n'est pas en communication`,
    es: `${name} no está en ninguna llamada`,
    nl: `${name} is niet in gesprek`,
  };
}

export function noFreePhone(name: string): SpokenWords {
  return {
    en: `${name} has no phone that can ring now`,
    de: `${name} hat kein Telefon, das jetzt klingeln kann`,
    fr: `${name} n'a pas de téléphone qui puisse sonner maintenant`,
    es: `${name} no tiene ningún teléfono que pueda sonar ahora`,
    nl: `${name} heeft geen telefoon die nu kan overgaan`,
  };
}

export const noNumber = (name: string): SpokenWords => ({
  en: `There is no number of ${name}`,
  de: `Von ${name} gibt es keine Nummer`,
  fr: `Il n'y a pas de numéro pour ${name}`,
  es: `No hay ningún número de ${name}`,
  nl: `Er is geen nummer van ${name}`,
});

export const whichPhone: SpokenWords = {
  en: 'Say which phone is to ring',
  de: 'Sag, welches Telefon klingeln soll',
  fr: 'Dites quel téléphone doit sonner',
  es: 'Di qué teléfono debe sonar',
  nl: 'Zeg welke telefoon moet overgaan',
};

export const whichCall: SpokenWords = {
  en: 'Several calls are in progress: say which phone',
  de: 'Es laufen mehrere Gespräche: Sag, welches Telefon gemeint ist',
  fr: 'Plusieurs appels sont en cours : dites quel téléphone',
  es: 'Hay varias llamadas en curso: di qué teléfono',
  nl: 'Er zijn meerdere gesprekken: zeg welke telefoon',
};

export const noCall: SpokenWords = {
  en: 'There is no such call in progress',
  de: 'Es läuft kein solches Gespräch',
  fr: "Il n'y a pas d'appel de ce genre en cours",
  es: 'No hay ninguna llamada así en curso',
  nl: 'Er is geen dergelijk gesprek gaande',
};

export const noMediaPort: SpokenWords = {
  en: 'The house has no free media port to call the phone with',
  de: 'Im Moment ist keine Leitung frei',
  fr: "Aucune ligne n'est libre pour le moment",
  es: 'En este momento no hay ninguna línea libre',
  nl: 'Er is op dit moment geen lijn vrij',
};

const unknownNumber = {
  de: 'Diese Nummer gibt es nicht',
  fr: "Ce numéro n'existe pas",
  es: 'Ese número no existe',
  nl: 'Dat nummer bestaat niet',
};
const notPermitted = {
  de: 'Dieses Telefon darf diese Nummer nicht anrufen',
  fr: "Ce téléphone n'est pas autorisé à appeler ce numéro",
  es: 'Este teléfono no puede llamar a ese número',
  nl: 'Deze telefoon mag dat nummer niet bellen',
};
const limitReached = {
  de: 'Die Grenze für Anrufe nach außen ist erreicht',
  fr: "La limite des appels vers l'extérieur est atteinte",
  es: 'Se ha alcanzado el límite de llamadas al exterior',
  nl: 'De limiet voor gesprekken naar buiten is bereikt',
};
const noLine = {
  de: 'Im Moment gibt es keine Leitung nach außen',
  fr: "Il n'y a pas de ligne extérieure pour le moment",
  es: 'En este momento no hay línea exterior',
  nl: 'Er is op dit moment geen buitenlijn',
};
const cannotRing = {
  de: 'Das angerufene Telefon ist nicht erreichbar',
  fr: "Le téléphone appelé n'est pas joignable",
  es: 'El teléfono llamado no está disponible',
  nl: 'De gebelde telefoon is niet bereikbaar',
};
const otherwise = {
  de: 'Der Anruf ist nicht möglich',
  fr: "L'appel n'est pas possible",
  es: 'La llamada no es posible',
  nl: 'De oproep is niet mogelijk',
};

const byReason: { readonly [Reason in CallReason]?: typeof otherwise } = {
  'unknown-number': unknownNumber,
  'unknown-service-code': unknownNumber,
  'invalid-number': unknownNumber,
  'calling-itself': {
    de: 'Ein Telefon kann sich nicht selbst anrufen',
    fr: "Un téléphone ne peut pas s'appeler lui-même",
    es: 'Un teléfono no puede llamarse a sí mismo',
    nl: 'Een telefoon kan zichzelf niet bellen',
  },
  'call-not-permitted': notPermitted,
  'destination-not-allowed': notPermitted,
  'call-not-permitted-now': {
    de: 'Mit diesem Telefon darf um diese Zeit nicht telefoniert werden',
    fr: "Ce téléphone n'est pas autorisé à appeler à cette heure",
    es: 'Este teléfono no puede llamar a esta hora',
    nl: 'Met deze telefoon mag op dit tijdstip niet worden gebeld',
  },
  'outgoing-limit': limitReached,
  'minutes-used-up': limitReached,
  'no-trunk': noLine,
  'trunk-refused': noLine,
  offline: cannotRing,
  'no-devices': cannotRing,
  unreachable: cannotRing,
  dnd: {
    de: 'Dort ist „Nicht stören“ eingeschaltet',
    fr: 'Le mode « Ne pas déranger » y est activé',
    es: 'Allí está activado «No molestar»',
    nl: 'Daar staat ‘Niet storen’ aan',
  },
};

/** Why a call is not made. */
export function refusalWords(reason: CallReason, en: string): SpokenWords {
  return { en, ...(byReason[reason] ?? otherwise) };
}
