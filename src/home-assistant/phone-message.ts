// Owns what Home Assistant's apps make of a message, so that what strangers say and write is shown as it is.
// Called by core-phones.ts.
// Must stay true: no text from outside is a command to a phone, or markup on it.

/** What is shown on a phone. `title` and `body` are plain text. */
export type PhoneMessage = {
  readonly title: string;
  readonly body: string;
  /** What is shown under it replaces what was shown under it before. */
  readonly tag: string;
  /** What a tap opens: a path below Home Assistant's address, or an address of its own; undefined: the app. */
  readonly link: string | undefined;
  /** `urgent`: at once, also where the phone sleeps. `quiet`: without a sound. */
  readonly loudness: 'urgent' | 'normal' | 'quiet';
  /** Whether it is heard again where it replaces what is still shown. */
  readonly alertsAgain: boolean;
  /** After which it goes by itself, where the phone can do that. */
  readonly shownSeconds: number | undefined;
  readonly buttons: readonly { readonly action: string; readonly label: string }[];
};

/** On Android the person may change the sound of each of these by its name. */
const channels = { urgent: 'GoSIP calls', normal: 'GoSIP', quiet: 'GoSIP quiet' } as const;
const importances = { urgent: 'high', normal: 'default', quiet: 'low' } as const;
const interruptions = { urgent: 'time-sensitive', normal: 'active', quiet: 'passive' } as const;

/** The data of the action `notify.mobile_app_…`. */
export function phoneData(message: PhoneMessage, isApple: boolean): Readonly<Record<string, unknown>> {
  const { title, body, tag, link, loudness, alertsAgain, shownSeconds, buttons } = message;
  const shown = isApple ? shownOnApple : shownOnAndroid;
  return {
    title: shown(title),
    message: shown(notACommand(body === '' ? title : body)),
    data: {
      tag,
      group: 'gosip',
      ...(link === undefined ? {} : { url: link, clickAction: link }),
      ...(buttons.length === 0 ? {} : { actions: buttons.map(({ action, label }) => ({ action, title: label })) }),
      ...(isApple
        ? { push: { 'interruption-level': interruptions[loudness], ...(loudness === 'quiet' ? { sound: 'none' } : {}) } }
        : {
            channel: channels[loudness],
            importance: importances[loudness],
            ...(loudness === 'urgent' ? { ttl: 0, priority: 'high' } : {}),
            ...(alertsAgain ? {} : { alert_once: true }),
            ...(shownSeconds === undefined ? {} : { timeout: shownSeconds }),
          }),
    },
  };
}

/** Takes away what is shown under a tag. */
export function clearData(tag: string): Readonly<Record<string, unknown>> {
  return { message: 'clear_notification', data: { tag } };
}

/** The apps take a message of certain single words, such as `clear_notification` or `command_dnd`, as an order to the phone. */
function notACommand(text: string): string {
  const word = text.trim();
  return /^\w*_\w*$|^tts$/i.test(word) ? `“${word}”` : text;
}

/** Android's app shows HTML, and makes a new line of a backslash with an n. */
function shownOnAndroid(text: string): string {
  return text.replaceAll(/[&<>\\]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function shownOnApple(text: string): string {
  return text;
}
