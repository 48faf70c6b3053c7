// Owns what is said of a button of a notification that was pressed.
// Must stay true: every language says all of it.
import type { HouseLanguage } from '#contract/languages.ts';
import { oneLine } from './plain-text.ts';
import { maxName } from './sheet.ts';

type Words = {
  /** The phone rings first, and calls once it is picked up. */
  readonly callBack: (phone: string) => string;
  readonly markHeard: string;
  readonly markRead: string;
  readonly block: (number: string) => string;
  readonly noPhone: string;
  readonly noNumber: string;
  readonly failed: (why: string) => string;
};

const all: Readonly<Record<HouseLanguage, Words>> = {
  en: {
    callBack: (phone) => `${phone} is ringing: pick it up to call back`,
    markHeard: 'Marked as heard',
    markRead: 'Marked as read',
    block: (number) => `${number} is blocked`,
    noPhone: 'None of your phones is online',
    noNumber: 'The number is withheld',
    failed: (why) => `That did not work: ${why}`,
  },
  de: {
    callBack: (phone) => `${phone} klingelt: Nimm ab, um zurückzurufen`,
    markHeard: 'Als gehört markiert',
    markRead: 'Als gelesen markiert',
    block: (number) => `${number} ist blockiert`,
    noPhone: 'Keines deiner Telefone ist online',
    noNumber: 'Die Nummer ist unterdrückt',
    failed: (why) => `Das hat nicht geklappt: ${why}`,
  },
  fr: {
    callBack: (phone) => `${phone} sonne : décrochez pour rappeler`,
    markHeard: 'Marqué comme écouté',
    markRead: 'Marqué comme lu',
    block: (number) => `${number} est bloqué`,
    noPhone: 'Aucun de vos téléphones n’est en ligne',
    noNumber: 'Le numéro est masqué',
    failed: (why) => `Cela n’a pas fonctionné : ${why}`,
  },
  es: {
    callBack: (phone) => `${phone} está sonando: descuelga para devolver la llamada`,
    markHeard: 'Marcado como escuchado',
    markRead: 'Marcado como leído',
    block: (number) => `${number} está bloqueado`,
    noPhone: 'Ninguno de tus teléfonos está en línea',
    noNumber: 'El número está oculto',
    failed: (why) => `No ha funcionado: ${why}`,
  },
  nl: {
    callBack: (phone) => `${phone} gaat over: neem op om terug te bellen`,
    markHeard: 'Gemarkeerd als beluisterd',
    markRead: 'Gemarkeerd als gelezen',
    block: (number) => `${number} is geblokkeerd`,
    noPhone: 'Geen van je telefoons is online',
    noNumber: 'Het nummer is afgeschermd',
    failed: (why) => `Dat is niet gelukt: ${why}`,
  },
};

/** Names of phones are cut and on one line. */
export function doneWords(language: HouseLanguage): Words {
  const words = all[language];
  return { ...words, callBack: (phone) => words.callBack(oneLine(phone, maxName)) };
}
