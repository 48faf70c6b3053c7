/** Words that come with a code for signing in or paying, in the languages of the house and in those that banks write in. */
const codeWords =
  /\b(?:codes?|pin|puk|tan|otp|2fa|mfa|passcodes?|password|passwor[dt]|verif\w*|verific\w*|confirm\w*|best[aä]tigung\w*|freigabe\w*|sicherheits\w*|anmelde\w*|kennwort|einmal\w*|connexion|validation|authenti\w*|s[ée]curit[ée]|contrase[nñ]a|clave|seguridad|c[oó]digo\w*|beveiligings\w*|wachtwoord|inlog\w*|toegangs\w*|\w*code)\b/iu;

/** 4 to 10 digits that are no part of a longer number, perhaps in two groups; or letters and digits as `G-123456`. */
const code = /(?<![\d+,.:/-])(?:\d{4,10}|\d{3}[ -]\d{3,4}|[A-Z]-\d{4,8})(?![\d,:/]|[.]\d)/u;

/**
 * Whether a message probably carries a code with which somebody could sign in or pay. Such a message is for its owner's eyes: better one too
 * many is kept back than one too few.
 */
export function isOneTimeCode(text: string): boolean {
  return code.test(text) && codeWords.test(text.normalize('NFC'));
}
