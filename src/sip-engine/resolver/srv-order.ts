/**
 * The order in which to try servers: lower priority first; within one priority a weighted draw (RFC 2782), so that each comes first
 * in proportion to its weight. `random` returns a number from 0 to 1, exclusive of 1.
 */
export function srvOrder<R extends { readonly priority: number; readonly weight: number }>(
  records: readonly R[],
  random: () => number,
): R[] {
  const priorities = [...new Set(records.map(({ priority }) => priority))].toSorted((a, b) => a - b);
  return priorities.flatMap((priority) =>
    draw(
      records.filter((record) => record.priority === priority),
      random,
    ),
  );
}

function draw<R extends { readonly weight: number }>(records: readonly R[], random: () => number): R[] {
  // RFC 2782: those of weight 0 come first in the running sum, and so have a very small chance.
  const left = records.toSorted((a, b) => a.weight - b.weight);
  const drawn: R[] = [];
  while (left.length > 0) {
    const total = left.reduce((sum, { weight }) => sum + weight, 0);
    const threshold = Math.floor(random() * (total + 1));
    let sum = 0;
    const index = left.findIndex(({ weight }) => {
      sum += weight;
      return sum >= threshold;
    });
    drawn.push(...left.splice(Math.max(0, index), 1));
  }
  return drawn;
}
