/** As it is compared: small letters without their marks, and words apart from each other. */
export function folded(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/[’'`]/g, '').trim();
}

/** Every word of what is looked for begins a word of `text`, or is a part of its digits. */
export function matches(text: string, wanted: string): boolean {
  const within = folded(text);
  const words = folded(wanted)
    .split(/\s+/)
    .filter((word) => word !== '');
  return words.length > 0 && words.every((word) => beginsAWord(within, word) || hasDigits(within, word));
}

function beginsAWord(within: string, word: string): boolean {
  for (let at = within.indexOf(word); at >= 0; at = within.indexOf(word, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(within[at - 1] ?? '')) return true;
  }
  return false;
}

/** Numbers are written in many ways: `030 901-820` is found by `90182`. */
function hasDigits(within: string, word: string): boolean {
  const digits = word.replaceAll(/[^\d]/g, '');
  return /^[\d+()/ .-]{3,}$/.test(word) && digits.length >= 3 && within.replaceAll(/[^\d]/g, '').includes(digits);
}

/** Whether it can be dialled as it is: an extension, a number, a service code. */
export function isDiallable(text: string): boolean {
  return /^[+*#\d][\d*#()/ .-]*$/.test(text.trim()) && /\d/.test(text);
}

/** The words around the first place where what is looked for stands in a long text. */
export function excerpt(text: string, wanted: string, length = 90): string {
  const flat = text.replaceAll(/\s+/g, ' ').trim();
  const first = folded(wanted).split(/\s+/)[0] ?? '';
  // Folding may change the length of a text; near is enough.
  const at = first === '' ? 0 : Math.max(0, folded(flat).indexOf(first));
  if (flat.length <= length) return flat;
  const from = at + first.length <= length ? 0 : Math.max(0, at - Math.floor(length / 3));
  return `${from > 0 ? '…' : ''}${flat.slice(from, from + length).trim()}${from + length < flat.length ? '…' : ''}`;
}
