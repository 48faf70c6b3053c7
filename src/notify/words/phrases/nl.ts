import type { Phrases } from './en.ts';
import { counted } from './named.ts';

export const nl: Phrases = {
  hidden: { subject: 'Iemand met een verborgen nummer', object: 'een verborgen nummer', alone: 'Verborgen nummer' },

  title: {
    'incoming-call': (who) => `${who} belt`,
    'call-over': (who) => `${who} heeft gebeld`,
    'missed-call': (who) => `Gemiste oproep van ${who}`,
    voicemail: (who) => `Voicemail van ${who}`,
    transcript: (who) => `Om te lezen: voicemail van ${who}`,
    message: (who) => `Bericht van ${who}`,
    over: (title) => `Voorbij: ${title}`,
    test: (house) => `Test van ${house}`,
  },

  heading: {
    call: (who) => `${who} heeft gebeld`,
    voicemail: (who) => `${who} heeft iets ingesproken`,
    message: (who) => `${who} heeft geschreven`,
    test: 'Het werkt',
  },

  to: (called) => `Aan: ${called}`,
  callIsOver: 'De oproep is voorbij.',
  audioAttached: 'De opname zit erbij.',
  audioTooLarge: 'De opname is te groot voor een mail. Je kunt hem in GoSIP beluisteren.',
  audioLost: 'De opname zelf is verloren gegaan.',
  noWords: 'Er waren geen woorden in te herkennen.',
  code: 'De tekst bevat een code om in te loggen of te betalen: lees hem in GoSIP.',
  files: counted('bestand', 'bestanden'),
  leftOut: (count) =>
    count === 1
      ? 'Eén bestand staat alleen in GoSIP: het is te groot voor een mail of kon niet worden opgehaald.'
      : `${count} bestanden staan alleen in GoSIP: ze zijn te groot voor een mail of konden niet worden opgehaald.`,
  since: (when) => `Sinds ${when}`,
  fromTo: (from, to) => `Dat was zo van ${from} tot ${to}.`,
  times: (count) => (count === 1 ? 'nog een keer' : `nog ${count} keer`),
  digest: (times) => `Binnen een dag gebeurde dat ${times}.`,
  among: (abouts) => `Waaronder: ${abouts}`,
  test: 'Meldingen van GoSIP komen hier bij je aan.',

  counted: {
    call: counted('oproep', 'oproepen'),
    'missed-call': counted('gemiste oproep', 'gemiste oproepen'),
    voicemail: counted('voicemail', 'voicemails'),
    transcript: counted('transcriptie', 'transcripties'),
    message: counted('bericht', 'berichten'),
    alert: counted('waarschuwing', 'waarschuwingen'),
  },
  meanwhile: (names) => `Terwijl het stil was: ${names}`,
  more: (count) => `en nog ${count}`,

  link: {
    calls: 'Oproep openen',
    voicemail: 'Beluisteren in GoSIP',
    messages: 'Gesprek openen',
    alerts: 'Waarschuwingen openen',
    panel: 'GoSIP openen',
  },
  page: { calls: 'Gesprekken', voicemail: 'Voicemail', messages: 'Berichten', alerts: 'Waarschuwingen' },
  under: (page) => `Je vindt het in GoSIP onder ${page}.`,
  footer: (house) => `Van ${house}, de telefooncentrale bij je thuis. Wat je hier bereikt, kies je in GoSIP onder Meldingen.`,

  action: {
    'call-back': 'Terugbellen',
    'mark-heard': 'Als beluisterd markeren',
    'mark-read': 'Als gelezen markeren',
    block: 'Blokkeren',
  },
};
