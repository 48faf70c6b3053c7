import { isoTime } from '#base/clock.ts';
import { cutText } from '#contract/cut-text.ts';
import type { NameOf } from './ports.ts';
import type { Voicemail } from './voicemail-store.ts';

/** A message as an automation or a voice assistant gets it. `caller`: the number, empty where it is withheld. */
export type VoicemailSummary = {
  readonly id: string;
  readonly caller: string;
  readonly name: string;
  readonly at: string;
  readonly seconds: number;
  /** Empty while there is none. */
  readonly transcript: string;
};

/** What Home Assistant keeps of the attributes of one state (16 KiB), less what it adds to them itself. */
const maxBytes = 12 * 1024;

export function summaryOf({ id, personId, callerNumber, callerName, leftAt, seconds, transcript }: Voicemail, nameOf: NameOf) {
  return {
    id,
    caller: callerNumber,
    name: nameOf(callerNumber, personId) ?? callerName,
    at: isoTime(leftAt),
    seconds: Math.round(seconds),
    transcript: transcript ?? '',
  } satisfies VoicemailSummary;
}

/** The same messages within 12 KB: all transcripts are cut at the same length, so that a long one takes no room from short ones. */
export function fitTranscripts(voicemails: readonly VoicemailSummary[], limit = maxBytes): readonly VoicemailSummary[] {
  const cut = (length: number) =>
    voicemails.map((one) => ({ ...one, name: cutText(one.name, maxNameLength), transcript: cutText(one.transcript, length) }));
  const fits = (length: number) => Buffer.byteLength(JSON.stringify({ voicemails: cut(length) })) <= limit;
  let [length, tooLong] = [0, Math.max(0, ...voicemails.map(({ transcript }) => transcript.length)) + 1];
  while (tooLong - length > 1) {
    const middle = Math.floor((length + tooLong) / 2);
    if (fits(middle)) length = middle;
    else tooLong = middle;
  }
  return cut(length);
}

const maxNameLength = 80;
