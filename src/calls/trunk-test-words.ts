import type { Phrase } from './phrase.ts';

const words: Readonly<Record<string, string>> = {
  en: 'This is a test call from GoSIP. You can hear the house, so the line works. Goodbye.',
  de: 'Dies ist ein Testanruf von GoSIP. Das Haus ist zu hören, also funktioniert die Leitung. Auf Wiederhören.',
  fr: "Ceci est un appel d'essai de GoSIP. Vous entendez la maison, la ligne fonctionne donc. Au revoir.",
  es: 'Esta es una llamada de prueba de GoSIP. Se oye la casa, así que la línea funciona. Adiós.',
  nl: 'Dit is een testoproep van GoSIP. Je hoort het huis, dus de lijn werkt. Tot ziens.',
};

/** Beeps where no program can speak. */
export function testCallWords(language: string): readonly Phrase[] {
  const beep: Phrase = { kind: 'tone', tone: 'beep' };
  const [known, text] = words[language] === undefined ? ['en', words['en']] : [language, words[language]];
  return [beep, { kind: 'text', text: text ?? '', language: known ?? 'en', otherwise: 'nothing' }, beep];
}
