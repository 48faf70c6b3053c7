/** Letters without their marks, by compatibility decomposition (Unicode NFKD): `Müller` → `Muller`, `ﬁ` → `fi`. */
export function withoutAccents(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '');
}
