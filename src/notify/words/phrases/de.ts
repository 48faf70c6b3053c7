import type { Phrases } from './en.ts';
import { counted } from './named.ts';

export const de: Phrases = {
  hidden: { subject: 'Jemand mit unterdrückter Nummer', object: 'unterdrückter Nummer', alone: 'Unterdrückte Nummer' },

  title: {
    'incoming-call': (who) => `${who} ruft an`,
    'call-over': (who) => `${who} hat angerufen`,
    'missed-call': (who) => `Verpasster Anruf von ${who}`,
    voicemail: (who) => `Sprachnachricht von ${who}`,
    transcript: (who) => `Zum Nachlesen: Sprachnachricht von ${who}`,
    message: (who) => `Nachricht von ${who}`,
    over: (title) => `Vorbei: ${title}`,
    test: (house) => `Test von ${house}`,
  },

  heading: {
    call: (who) => `${who} hat angerufen`,
    voicemail: (who) => `${who} hat eine Nachricht hinterlassen`,
    message: (who) => `${who} hat geschrieben`,
    test: 'Es funktioniert',
  },

  to: (called) => `An: ${called}`,
  callIsOver: 'Der Anruf ist vorbei.',
  audioAttached: 'Die Aufnahme hängt an.',
  audioTooLarge: 'Die Aufnahme ist zu groß für eine Mail. Anhören kannst du sie in GoSIP.',
  audioLost: 'Die Aufnahme selbst ist verloren gegangen.',
  noWords: 'Worte waren darin keine zu erkennen.',
  code: 'Der Text enthält einen Code zum Anmelden oder Bezahlen: Lies ihn in GoSIP.',
  files: counted('Datei', 'Dateien'),
  leftOut: (count) =>
    count === 1
      ? 'Eine Datei findest du nur in GoSIP: Sie ist zu groß für eine Mail oder war nicht zu holen.'
      : `${count} Dateien findest du nur in GoSIP: Sie sind zu groß für eine Mail oder waren nicht zu holen.`,
  since: (when) => `Seit ${when}`,
  fromTo: (from, to) => `Das war so von ${from} bis ${to}.`,
  times: (count) => (count === 1 ? 'noch einmal' : `noch ${count}-mal`),
  digest: (times) => `Innerhalb eines Tages kam das ${times} vor.`,
  among: (abouts) => `Darunter: ${abouts}`,
  test: 'Benachrichtigungen von GoSIP kommen hier bei dir an.',

  counted: {
    call: counted('Anruf', 'Anrufe'),
    'missed-call': counted('verpasster Anruf', 'verpasste Anrufe'),
    voicemail: counted('Sprachnachricht', 'Sprachnachrichten'),
    transcript: counted('Abschrift', 'Abschriften'),
    message: counted('Nachricht', 'Nachrichten'),
    alert: counted('Warnung', 'Warnungen'),
  },
  meanwhile: (names) => `Während Ruhe war: ${names}`,
  more: (count) => `und ${count} weitere`,

  link: {
    calls: 'Anruf öffnen',
    voicemail: 'In GoSIP anhören',
    messages: 'Unterhaltung öffnen',
    alerts: 'Warnungen öffnen',
    panel: 'GoSIP öffnen',
  },
  page: { calls: 'Anrufe', voicemail: 'Mailbox', messages: 'Nachrichten', alerts: 'Warnungen' },
  under: (page) => `Du findest es in GoSIP unter ${page}.`,
  footer: (house) =>
    `Von ${house}, der Telefonanlage bei dir zu Hause. Was dich hier erreicht, bestimmst du: in GoSIP unter Benachrichtigungen.`,

  action: {
    'call-back': 'Zurückrufen',
    'mark-heard': 'Als gehört markieren',
    'mark-read': 'Als gelesen markieren',
    block: 'Blockieren',
  },
};
