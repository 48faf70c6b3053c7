import { freePort } from '../src/testing/base/free-port.ts';
import { House } from '../src/testing/harness/house.ts';
import { SimulatedPhone } from '../src/testing/peers/simulated-phone.ts';
import type { Row } from './row.ts';

/** From starting the process on an existing database to the first 200 to a REGISTER. The median of five. */
export async function benchStart(): Promise<Row[]> {
  await using first = await House.start();
  const login = await first.addDevice('11');
  await first.program.stop();
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) times.push(await timeToFirstRegistration(first, login));
  times.sort((a, b) => a - b);
  return [
    { what: 'start: process to first 200 to a REGISTER', measured: `${((times[2] ?? 0) / 1000).toFixed(2)} s`, aim: '< 1.5 s' },
  ];
}

async function timeToFirstRegistration(
  first: House,
  { username, password }: { username: string; password: string },
): Promise<number> {
  const sipPort = await freePort(first.address);
  await using phone = await SimulatedPhone.start({
    address: first.address,
    username,
    password,
    registrar: { host: first.address, port: sipPort },
    retryMs: 10,
  });
  const started = performance.now();
  const registered = phone.register();
  await using house = await House.start({ dataDirectory: first.dataDirectory, token: first.token, sipPort });
  const status = await registered;
  if (status !== 200) throw new Error(`REGISTER was answered ${status} by ${house.address}`);
  return phone.lastResponseAt - started;
}
