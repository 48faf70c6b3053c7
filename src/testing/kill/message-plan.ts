/** The n-th message of the exactly-once test: many conversations, and here and there the same words again. */
export function plannedMessage(n: number): { readonly from: string; readonly to: string; readonly body: string } {
  const from = n % 2 === 0 ? '+15555550199' : '+15555550188';
  const to = `+1555556${String((n * 7) % 61).padStart(4, '0')}`;
  return { from, to, body: n % 9 === 0 ? 'Yes' : `Message ${n}` };
}
