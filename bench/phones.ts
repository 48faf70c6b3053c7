import type { DeviceLogin, House } from '../src/testing/harness/house.ts';

/** Makes many devices; SIPp only knows MD5, so SHA-256 is not offered to them. */
export async function addDevices(house: House, count: number, firstExtension = 2000): Promise<DeviceLogin[]> {
  const logins: DeviceLogin[] = [];
  for (let start = 0; start < count; start += 20) {
    const batch = Array.from({ length: Math.min(20, count - start) }, (_, index) => String(firstExtension + start + index));
    logins.push(...(await Promise.all(batch.map((extension) => addDevice(house, extension)))));
  }
  return logins;
}

/** SIPp takes a password that begins with 0x for bytes in hexadecimal; of a thousand of ours one does, and is refused each time. */
async function addDevice(house: House, extension: string): Promise<DeviceLogin> {
  const login = await house.addDevice(extension, { sha256: false });
  let { password } = login;
  while (password.startsWith('0x')) {
    password = (await house.api<{ secret: string }>('POST', `/devices/${login.id}/secret`)).secret;
  }
  return { ...login, password };
}

/** A SIPp injection file: user, digest keyword, dialled extension. */
export function injection(logins: readonly DeviceLogin[], dialled = ''): string {
  const lines = logins.map(
    ({ username, password }) => `${username};[authentication username=${username} password=${password}];${dialled}`,
  );
  return `SEQUENTIAL\n${lines.join('\n')}\n`;
}
