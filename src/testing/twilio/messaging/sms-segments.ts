const gsm =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const extension = '\f^{}\\[~]|€';

/** How many parts a text is sent in: 160 or 153 each with the GSM alphabet, else 70 or 67 UTF-16 units. */
export function countSegments(body: string): number {
  let units = 0;
  for (const letter of body) {
    if (gsm.includes(letter)) units += 1;
    else if (extension.includes(letter)) units += 2;
    else return body.length <= 70 ? 1 : Math.ceil(body.length / 67);
  }
  return units <= 160 ? 1 : Math.ceil(units / 153);
}
