import { spokenError } from '#base/errors.ts';
import { oneByName } from '#base/find-by-name.ts';
import type { Named } from '#base/find-by-name.ts';
import { sendSmsCommand } from '#contract/automation-commands.ts';
import { bindCommand } from '#contract/command.ts';
import type { Command } from '#contract/command.ts';
import type { AutomationLimit } from './automation-limit.ts';
import type { Message } from './message.ts';
import type { MessageAuthor, MessageInput } from './messages.ts';
import { isTextable } from './phone-number.ts';
import { noNumberOf, numberThenWords } from './spoken-words.ts';

export type MessageCommandDeps = {
  readonly limit: Pick<AutomationLimit, 'within'>;
  readonly messages: { send(input: MessageInput, author: MessageAuthor): Promise<Message> };
  /** Those of the whole house. */
  readonly contacts: () => Iterable<Named & { readonly numbers: readonly { readonly number: string }[] }>;
};

type Sms = {
  readonly to: string;
  readonly text: string;
  readonly from?: string | undefined;
  readonly requestId?: string | undefined;
};

export function messageCommands(deps: MessageCommandDeps): readonly Command[] {
  return [
    bindCommand(sendSmsCommand, async (sms, requestId) => {
      const { id, farNumber } = await sendSms(deps, { ...sms, requestId });
      return { message_id: id, to: farNumber };
    }),
  ];
}

/** As the administrator of the house, from any number of it. */
export async function sendSms(deps: MessageCommandDeps, { to, text, from, requestId }: Sms): Promise<Message> {
  const author = { isAdmin: true, personId: undefined };
  const message = { to: numberFor(to, deps), body: text, from, media: [], requestId };
  return deps.limit.within(() => deps.messages.send(message, author));
}

/** What was written to the notify entity. Throws `invalid`. */
export function sendText(written: string): Sms {
  const [, to, text] = /^([^:]{1,200}):(.+)$/su.exec(written) ?? [];
  if (to === undefined || text === undefined || text.trim() === '') throw spokenError('invalid', numberThenWords);
  return { to: to.trim(), text: text.trim() };
}

function numberFor(to: string, { contacts }: MessageCommandDeps): string {
  if (!/\p{L}/u.test(to)) return to;
  const { name, numbers } = oneByName(contacts(), to);
  const found = numbers.find(({ number }) => isTextable(number));
  if (found === undefined) throw spokenError('conflict', noNumberOf(name));
  return found.number;
}
