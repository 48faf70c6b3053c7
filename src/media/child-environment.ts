/** For programs that we start: PATH alone, since the options in our environment hold passwords. */
export function childEnvironment(): Record<string, string> {
  // oxlint-disable-next-line node/no-process-env -- no option of ours
  const { PATH } = process.env;
  return PATH === undefined ? {} : { PATH };
}
