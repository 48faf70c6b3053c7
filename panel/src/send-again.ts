// Owns how a message that did not arrive is sent once more: as a new one, with the same words and the same files.
// Called by the thread of the page of messages.
// Must stay true: whoever presses twice sends one: the request is named after the message.
import { getMessageMedia, sendMessage, uploadMessageMedia } from '#contract/messages.ts';
import { call } from './api.ts';
import type { Message } from './data.ts';
import { download } from './download.ts';
import { upload } from './upload.ts';

/** The new message. Throws a Problem. */
export async function sendAgain({ id, number, farNumber, body, media }: Message): Promise<Message> {
  const files: `med_${string}`[] = [];
  for (const { n } of media) files.push(await uploadAgain({ id, n }));
  return call(sendMessage, { body: { from: number, to: farNumber, body, media: files, requestId: againOf({ id }) } });
}

/** What the request is called that sends a message once more. */
export function againOf({ id }: Pick<Message, 'id'>): string {
  return `again ${id}`;
}

/** Media belong to one message: the new one gets its own. */
async function uploadAgain(params: { readonly id: Message['id']; readonly n: number }): Promise<`med_${string}`> {
  const { content } = await download(getMessageMedia, { params });
  const { id } = await upload(uploadMessageMedia, content);
  return id as `med_${string}`;
}
