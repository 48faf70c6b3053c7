import type { TrunkInput, TrunkSecrets } from './trunk.ts';

type Problem = { readonly field: string; readonly message: string };

/** What no field shows alone; empty where all is well. */
export function trunkProblems(trunk: TrunkInput, { password, secretHeaderValue }: TrunkSecrets): readonly Problem[] {
  const problems: Problem[] = [];
  const need = (isMissing: boolean, field: string, message: string) => {
    if (isMissing) problems.push({ field, message });
  };
  need(trunk.registers && trunk.username === undefined, 'username', 'is needed to register');
  need(trunk.username !== undefined && password === undefined, 'password', 'is needed with a user name');
  need(trunk.authUsername !== undefined && trunk.username === undefined, 'username', 'is needed with a name for signing in');
  need(
    trunk.callerIn !== 'from' && trunk.username === undefined,
    'username',
    'is needed where the account stands in place of the number',
  );
  need(
    trunk.secretHeaderName !== undefined && secretHeaderValue === undefined,
    'secretHeaderValue',
    'is needed with the name of a secret header',
  );
  return problems;
}
