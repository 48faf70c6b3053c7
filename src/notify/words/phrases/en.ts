import { counted } from './named.ts';
import type { CountedKind, PanelPage } from './named.ts';

/** The words of notifications. Who called or wrote is filled in as plain text. */
export const en = {
  /** Who called, where they hide it; at the beginning of a sentence, within it, and in a list. */
  hidden: { subject: 'Somebody with a hidden number', object: 'a hidden number', alone: 'Hidden number' },

  /** The subject of a mail and the title of a push. */
  title: {
    'incoming-call': (who: string) => `${who} is calling`,
    'call-over': (who: string) => `${who} called`,
    'missed-call': (who: string) => `Missed call from ${who}`,
    voicemail: (who: string) => `Voicemail from ${who}`,
    transcript: (who: string) => `To read: voicemail from ${who}`,
    message: (who: string) => `Message from ${who}`,
    over: (title: string) => `Over: ${title}`,
    test: (house: string) => `Test from ${house}`,
  },

  /** The first line of a mail. */
  heading: {
    call: (who: string) => `${who} called`,
    voicemail: (who: string) => `${who} left a message`,
    message: (who: string) => `${who} wrote`,
    test: 'It works',
  },

  /** Which of our numbers was called or written to. */
  to: (called: string) => `To: ${called}`,
  callIsOver: 'The call is over.',
  audioAttached: 'The recording is attached.',
  audioTooLarge: 'The recording is too large for a mail. You can listen to it in GoSIP.',
  audioLost: 'The recording itself is lost.',
  noWords: 'No words could be made out.',
  code: 'The text holds a code for signing in or paying: read it in GoSIP.',
  files: counted('file', 'files'),
  leftOut: (count: number) =>
    count === 1
      ? 'One file is in GoSIP alone: it is too large for a mail or could not be fetched.'
      : `${count} files are in GoSIP alone: they are too large for a mail or could not be fetched.`,
  since: (when: string) => `Since ${when}`,
  fromTo: (from: string, to: string) => `It lasted from ${from} to ${to}.`,
  times: (count: number) => (count === 1 ? 'once more' : `${count} more times`),
  digest: (times: string) => `It happened ${times} within a day.`,
  among: (abouts: string) => `Among them: ${abouts}`,
  test: 'Notifications from GoSIP reach you here.',

  counted: {
    call: counted('call', 'calls'),
    'missed-call': counted('missed call', 'missed calls'),
    voicemail: counted('voicemail', 'voicemails'),
    transcript: counted('transcript', 'transcripts'),
    message: counted('message', 'messages'),
    alert: counted('alert', 'alerts'),
  } satisfies Record<CountedKind, (count: number) => string>,
  meanwhile: (names: string) => `While it was quiet: ${names}`,
  more: (count: number) => `and ${count} more`,

  link: {
    calls: 'Open the call',
    voicemail: 'Listen in GoSIP',
    messages: 'Open the conversation',
    alerts: 'Open the alerts',
    panel: 'Open GoSIP',
  },
  page: { calls: 'Calls', voicemail: 'Voicemail', messages: 'Messages', alerts: 'Alerts' } satisfies Record<PanelPage, string>,
  /** Where nobody knows the address of the panel. */
  under: (page: string) => `You find it in GoSIP under ${page}.`,
  footer: (house: string) =>
    `From ${house}, your telephones at home. What reaches you here is your choice: in GoSIP, under Notifications.`,

  action: { 'call-back': 'Call back', 'mark-heard': 'Mark as heard', 'mark-read': 'Mark as read', block: 'Block' },
};

export type Phrases = typeof en;
