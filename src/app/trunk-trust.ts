type Networks = {
  trust(network: string): void;
  untrust(network: string): void;
};

/** Remembers what each trunk named last, so that an address is trusted as long as any trunk has it. */
export function trunkTrust(engine: Networks): (trunk: string, networks: readonly string[]) => void {
  const byTrunk = new Map<string, readonly string[]>();
  let before: ReadonlySet<string> = new Set();
  return (trunk, networks) => {
    byTrunk.set(trunk, networks);
    const now = new Set([...byTrunk.values()].flat());
    for (const network of now) if (!before.has(network)) engine.trust(network);
    for (const network of before) if (!now.has(network)) engine.untrust(network);
    before = now;
  };
}
