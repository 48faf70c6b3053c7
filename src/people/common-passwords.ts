// Which passwords are tried first by those who guess.
// Called by password-rules.ts.
// Must stay true: a list of our own making: words that everybody knows, and the patterns that people make of them.

/** Words that lists of leaked passwords begin with, and those of a house with telephones. */
const words = `
  password passwort passw0rd p@ssword p@ssw0rd pass admin administrator root user guest login letmein welcome willkommen bienvenue bienvenido
  secret geheim hallo hello bonjour monkey dragon master shadow sunshine princess superman batman iloveyou trustno1 whatever football fussball
  baseball basketball hockey soccer jordan michael jennifer jessica ashley daniel thomas charlie andrew matthew george harley buster tigger
  ginger pepper cookie chocolate cheese banana orange flower summer winter spring autumn sommer herbst monday friday january december computer
  internet samsung google apple iphone android windows microsoft linux ubuntu qwerty qwertz azerty qwertyuiop qwertzuiop azertyuiop asdf asdfgh
  asdfghjkl zxcvbn zxcvbnm yxcvbnm qazwsx qazwsxedc qweasd qweasdzxc abc abcd abcde abcdef abcdefg abcdefgh changeme default test testing
  temp access freedom ninja mustang starwars pokemon naruto maverick phoenix corvette ferrari mercedes porsche yankees chelsea liverpool
  arsenal barcelona juventus family familie famille home house haus maison casa smarthome homeassistant hassio hass gosip asterisk freepbx
  telephone telefon phone sipphone twilio voicemail mailbox extension router fritzbox raspberry raspberrypi lovely love loveme angel
  babygirl killer hunter ranger soccer purple silver golden diamond forever letitbe jesus heaven blessed matrix
`
  .trim()
  .split(/\s+/);

const stretches = ['01234567890123456789', '98765432109876543210', 'abcdefghijklmnopqrstuvwxyz', 'zyxwvutsrqponmlkjihgfedcba'];
const rows = [
  'qwertyuiop',
  'qwertzuiop',
  'azertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'yxcvbnm',
  '1234567890',
  '1qaz2wsx3edc4rfv5tgb',
  'q1w2e3r4t5y6u7',
];
const substitutions: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

const known = new Set(words);

/** Whether those who guess try this password, or one that differs in capitals, digits behind it and letters written as digits, early on. */
export function isCommonPassword(password: string): boolean {
  const lower = password.toLowerCase();
  return isStretch(lower) || isRepeated(lower) || isDate(lower) || bases(lower).some((base) => isKnown(base));
}

function isKnown(base: string): boolean {
  return known.has(base) || (base.length >= 6 && isStretch(base));
}

/** The password itself, and what is left without the digits and signs around it, each also with digits read as letters. */
function bases(lower: string): readonly string[] {
  const bare = [lower, lower.replace(/[^\p{L}]+$/u, ''), lower.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')];
  return bare.flatMap((one) => [one, one.replace(/[013457@$!]/g, (sign) => substitutions[sign] ?? sign)]);
}

/** `12345678`, `abcdefgh`, `qwertyui`, each also backwards or once more. */
function isStretch(text: string): boolean {
  return [...stretches, ...rows, ...rows.map((row) => row.split('').toReversed().join(''))].some((one) =>
    one.repeat(2).includes(text),
  );
}

/** One part of up to four characters, again and again, such as `aaaaaaaa` or `12341234`. */
function isRepeated(text: string): boolean {
  return [1, 2, 3, 4].some(
    (length) =>
      text ===
      text
        .slice(0, length)
        .repeat(Math.ceil(text.length / length))
        .slice(0, text.length),
  );
}

/** Eight digits that are a day of this century or the last one. */
function isDate(text: string): boolean {
  return /^(?:(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d{2}|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:19|20)\d{2})$/.test(
    text,
  );
}
