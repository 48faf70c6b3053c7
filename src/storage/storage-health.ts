export type StorageHealth = { readonly status: 'ok' | 'degraded' | 'down'; readonly message: string };

type StorageProblems = {
  /** The open file bears the database's name no more. */
  readonly lost: string | undefined;
  /** Nothing can be written. */
  readonly failing: string | undefined;
  /** What happened at the start. */
  readonly notices: readonly string[];
};

export function storageHealth({ lost, failing, notices }: StorageProblems): StorageHealth {
  if (lost !== undefined) return { status: 'down', message: lost };
  const problems = failing === undefined ? notices : [failing, ...notices];
  return problems.length === 0
    ? { status: 'ok', message: 'Everything is saved' }
    : { status: 'degraded', message: problems.join(' ') };
}
