/** What the prefix of a number says about its place; often nothing. */
export function geo(number: string): { readonly country: string; readonly state: string } {
  if (number.startsWith('+1')) return { country: 'US', state: number.endsWith('99') ? 'NY' : 'CA' };
  if (number.startsWith('+49')) return { country: 'DE', state: '' };
  if (number.startsWith('+44')) return { country: 'GB', state: '' };
  return { country: '', state: '' };
}
