import { messageUpload } from '#contract/messages.ts';
import type { StringKey } from './strings/en.ts';

type File = { readonly type: string; readonly bytes: number };

const maxFiles = 10;
/** Of Twilio: 5 MB in all, and 500 kB for what carriers cannot make smaller. */
const maxBytes = 5_000_000;
const maxOtherBytes = 500_000;
const pictures = ['image/jpeg', 'image/png', 'image/gif'];
const kinds: readonly string[] = [...messageUpload.types, ...messageUpload.aliases];

/** Why a file cannot be sent along with those that are there; undefined where it can, as far as a browser knows. */
export function attachmentProblem({ type, bytes }: File, others: readonly File[]): StringKey | undefined {
  if (others.length >= maxFiles) return 'messages.tooManyFiles';
  if (type !== '' && !kinds.includes(type)) return 'messages.fileWrong';
  if (others.reduce((sum, one) => sum + one.bytes, bytes) > maxBytes) return 'messages.fileTooBig';
  return bytes > maxOtherBytes && !pictures.includes(type) ? 'messages.fileNoPicture' : undefined;
}
