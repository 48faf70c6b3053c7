import type { Attachment, Told } from '../kinds/content.ts';

type All = readonly [Told, ...Told[]];

/** Not even one without a byte fits. */
export const noAttachments = -1;

/** What does not fit into `maxBytes` together is left out, and what is told says so. The first ones go first. */
export function fitted(told: All, maxBytes: number): All {
  let left = maxBytes;
  const fits = ({ bytes }: Attachment) => {
    if (bytes > left) return false;
    left -= bytes;
    return true;
  };
  return withAttachments(told, fits, 'too-large');
}

export function attachmentsOf(told: readonly Told[]): readonly Attachment[] {
  return told.flatMap((one) => {
    if (one.kind === 'message') return one.media;
    return (one.kind === 'voicemail' || one.kind === 'transcript') && one.audio !== undefined ? [one.audio] : [];
  });
}

/** Keeps the attachments that are `kept`; of the others it is told that they are not there. */
export function withAttachments(told: All, kept: (attachment: Attachment) => boolean, why: 'lost' | 'too-large'): All {
  const [first, ...others] = told;
  return [ofOne(first, kept, why), ...others.map((one) => ofOne(one, kept, why))];
}

function ofOne(told: Told, kept: (attachment: Attachment) => boolean, why: 'lost' | 'too-large'): Told {
  switch (told.kind) {
    case 'voicemail':
    case 'transcript':
      return told.audio === undefined || kept(told.audio) ? told : { ...told, audio: undefined, audioProblem: why };
    case 'message': {
      const media = told.media.filter(kept);
      return { ...told, media, leftOut: told.leftOut + told.media.length - media.length };
    }
    default:
      return told;
  }
}
