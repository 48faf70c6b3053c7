type Networks = {
  trust(network: string): void;
  untrust(network: string): void;
};

/** Remembers what the trunk named last, so that addresses it no longer has are untrusted again. */
export function trunkTrust(engine: Networks): (networks: readonly string[]) => void {
  let before: readonly string[] = [];
  return (networks) => {
    for (const network of networks) engine.trust(network);
    for (const network of before) if (!networks.includes(network)) engine.untrust(network);
    before = networks;
  };
}
