/** Words that come with a code for signing in or paying, in the languages of the house and in those that banks write in. */
const codeWords =
  /\b(?:codes?|pin|puk|tan|otp|2fa|mfa|passcodes?|password|passwor[dt]|verif\w*|verific\w*|confirm\w*|best[aä]tigung\w*|freigabe\w*|sicherheits\w*|anmelde\w*|kennwort|einmal\w*|connexion|validation|authenti\w*|s[ée]curit[ée]|contrase[nñ]a|clave|seguridad|c[oó]digo\w*|beveiligings\w*|wachtwoord|inlog\w*|toegangs\w*|\w*code)\b/giu;

/** 4 to 10 digits that are no part of a longer number, perhaps in two groups; or letters and digits as `G-123456`. */
const code = /(?<![\d+,.:/-])(?:\d{4,10}|\d{3}[ -]\d{3,4}|[A-Z]-\d{4,8})(?![\d,:/]|[.]\d)/gu;

/**
 * Whether a message probably carries a code with which somebody could sign in or pay. Such a message is for its owner's eyes: better one too
 * many is kept back than one too few.
 */
export function isOneTimeCode(text: string): boolean {
  return oneTimeCode(text) !== undefined;
}

/** The code itself, as it is typed: of several numbers the one that the text says it is, else the one that is nearest to what calls it a code. */
export function oneTimeCode(text: string): string | undefined {
  const plain = text.normalize('NFC');
  const words = [...plain.matchAll(codeWords)];
  const codes = words.length === 0 ? [] : [...plain.matchAll(code)];
  const named = codes.find((found) => isNamed(plain, found));
  const found = named ?? codes.reduce<RegExpExecArray | undefined>((best, one) => nearer(words, best, one), undefined);
  return found?.[0].replaceAll(/(?<=\d)[ -](?=\d)/g, '');
}

/** Such as `is 4829`, `: 4829`, `4829 is`. */
function isNamed(text: string, { index, 0: found }: RegExpExecArray): boolean {
  const [before, after] = [
    text.slice(Math.max(0, index - 12), index),
    text.slice(index + found.length, index + found.length + 12),
  ];
  return /(?:\b(?:is|ist|lautet|lauten|est|es|luidt)|[:=])\s*$/iu.test(before) || /^\s*(?:is|ist|est|es)\b/iu.test(after);
}

type Words = readonly RegExpExecArray[];

function nearer(words: Words, best: RegExpExecArray | undefined, one: RegExpExecArray): RegExpExecArray {
  return best === undefined || distanceTo(words, one) < distanceTo(words, best) ? one : best;
}

/** Characters between a number and the next word for a code. */
function distanceTo(words: Words, one: RegExpExecArray): number {
  return words.reduce((least, word) => {
    const [first, second] = one.index < word.index ? [one, word] : [word, one];
    return Math.min(least, second.index - first.index - first[0].length);
  }, Number.POSITIVE_INFINITY);
}
