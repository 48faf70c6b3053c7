import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import { freePort } from '#testing/base/free-port.ts';
import type { Broker } from './broker.ts';
import { connectionHealth } from './connection-state.ts';
import type { ConnectionState } from './connection-state.ts';
import { EmbeddedBroker } from './embedded-broker.ts';
import { MqttConnection } from './mqtt-connection.ts';
import type { MqttSession } from './mqtt-session.ts';

// Over loopback and in real time: the first retries come after one and two seconds.
const login = { username: 'house', password: 'right' };
let stack: AsyncDisposableStack;
beforeEach(() => void (stack = new AsyncDisposableStack()));
afterEach(() => stack.disposeAsync());

async function brokerAt(
  port = 0,
): Promise<{ readonly embedded: EmbeddedBroker; readonly broker: Broker; readonly port: number }> {
  const embedded = new EmbeddedBroker({ ...login, port });
  stack.defer(() => embedded.stop());
  const broker: Broker = { ...(await embedded.broker()), source: 'options' };
  return { embedded, broker, port: Number(new URL(broker.url).port) };
}

function connectionTo(findBroker: () => Promise<Broker | undefined>, clientId = 'gosip-1') {
  const states: ConnectionState[] = [];
  const sessions: MqttSession[] = [];
  const heard: string[] = [];
  const connection = new MqttConnection({
    clock: systemClock,
    log: createLog({ level: 'silent' }),
    findBroker,
    clientId,
    availabilityTopic: 'gosip/status',
    onSession: (session) => void sessions.push(session),
    onMessage: ({ topic, payload }) => void heard.push(`${topic} ${payload}`),
    onState: (state) => void states.push(state),
  });
  stack.defer(() => connection.stop());
  connection.start();
  const reached = (kind: ConnectionState['kind']) =>
    expect.poll(() => connection.state.kind, { timeout: 20_000, interval: 20 }).toBe(kind);
  return { connection, states, sessions, heard, reached };
}

describe('the connection to the broker', () => {
  it('says which user a broker refuses, and is made by itself once the password is right', async () => {
    const { broker } = await brokerAt();
    let { password } = { password: 'wrong' };
    const { connection, states, reached } = connectionTo(() => Promise.resolve({ ...broker, password }));
    await reached('refused');
    const { status, message } = connectionHealth(connection.state);
    expect(status).toBe('degraded');
    expect(message).toContain(`The MQTT broker ${broker.url} (of the option mqtt_url) refuses the user "house"`);
    expect(message).toContain('mqtt_password');
    expect(JSON.stringify(states.map(connectionHealth))).not.toContain('wrong"');
    password = login.password;
    await reached('connected');
  });

  it('comes back by itself when the broker does, over a session of its own, and nothing of the old one is sent', async () => {
    const { embedded, broker, port } = await brokerAt();
    const { connection, sessions, heard, reached } = connectionTo(() => Promise.resolve(broker));
    await reached('connected');
    await embedded.stop();
    await reached('unreachable');
    await expect(sessions[0]?.publish('gosip/a', 'old', { isRetained: true })).rejects.toThrow('over');
    await brokerAt(port);
    await reached('connected');
    expect(sessions.length).toBeGreaterThan(1);
    await connection.session?.subscribe(['gosip/#']);
    await connection.session?.publish('gosip/a', 'new', { isRetained: true });
    await expect.poll(() => heard).toEqual(['gosip/a new']);
  });

  it('follows a broker that appears later, and one whose address changes', async () => {
    const [one, other] = [await brokerAt(), await brokerAt()];
    let now: Broker | undefined;
    const { connection, reached } = connectionTo(() => Promise.resolve(now));
    await reached('no-broker');
    expect(connectionHealth(connection.state).status).toBe('ok');
    now = one.broker;
    await reached('connected');
    now = other.broker;
    await one.embedded.stop();
    await expect
      .poll(() => 'broker' in connection.state && connection.state.broker?.url, { timeout: 20_000 })
      .toBe(other.broker.url);
    await reached('connected');
  });

  it('says when the Supervisor does not name a broker, and asks again', async () => {
    const { broker } = await brokerAt();
    let isAway = true;
    const find = () => (isAway ? Promise.reject(new Error('The Supervisor does not answer')) : Promise.resolve(broker));
    const { connection, reached } = connectionTo(find);
    await reached('unreachable');
    expect(connectionHealth(connection.state)).toEqual({ status: 'degraded', message: 'The Supervisor does not answer' });
    isAway = false;
    await reached('connected');
  });

  it('says that nothing listens, in the words of a person', async () => {
    const broker: Broker = { url: `mqtt://127.0.0.1:${await freePort()}`, source: 'supervisor' };
    const { connection, reached } = connectionTo(() => Promise.resolve(broker));
    await reached('unreachable');
    expect(connectionHealth(connection.state).message).toBe(
      `The MQTT broker ${broker.url} (Home Assistant's) cannot be reached: nothing listens there; is the broker started, and is the port right?`,
    );
  });

  it('of a house that stops says offline, and does not wait for a broker that says nothing', async () => {
    const { broker } = await brokerAt();
    const observer = connectionTo(() => Promise.resolve(broker), 'observer');
    await observer.reached('connected');
    await observer.connection.session?.subscribe(['gosip/status']);
    const { connection, reached } = connectionTo(() => Promise.resolve(broker));
    await reached('connected');
    await connection.stop();
    await expect.poll(() => observer.heard).toEqual(['gosip/status offline']);

    const sockets = new Set<Socket>();
    const silent = createServer((socket) => void sockets.add(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    stack.defer(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    const url = `mqtt://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const stuck = connectionTo(() => Promise.resolve({ url, source: 'options' }));
    await expect.poll(() => sockets.size, { timeout: 10_000 }).toBe(1);
    const before = performance.now();
    await stuck.connection.stop();
    expect(performance.now() - before).toBeLessThan(1000);
  });

  it('of a house that is killed is missed by the broker, which says offline in its place', async () => {
    const { broker, port } = await brokerAt();
    const observer = connectionTo(() => Promise.resolve(broker), 'observer');
    await observer.reached('connected');
    await observer.connection.session?.subscribe(['gosip/status']);
    // Between the house and the broker, so that the line can be cut.
    const lines: Socket[] = [];
    const relay = createServer((socket) => {
      const far = connect(port, '127.0.0.1');
      lines.push(socket, far);
      socket.pipe(far).pipe(socket);
      for (const one of [socket, far]) one.on('error', () => {});
    }).listen(0, '127.0.0.1');
    await once(relay, 'listening');
    stack.defer(() => {
      for (const line of lines) line.destroy();
      relay.close();
    });
    const through = { ...broker, url: `mqtt://127.0.0.1:${(relay.address() as AddressInfo).port}` };
    const { reached } = connectionTo(() => Promise.resolve(through));
    await reached('connected');
    for (const line of lines) line.destroy();
    await expect.poll(() => observer.heard).toEqual(['gosip/status offline']);
  });
});

describe('a broker of our own', () => {
  it('whose port is taken says so, and what to do', async () => {
    const { port } = await brokerAt();
    const second = new EmbeddedBroker({ ...login, port });
    await expect(second.broker()).rejects.toThrow(
      `The MQTT broker of GoSIP cannot listen on port ${port}: another program has it: is there a broker already? Then set mqtt_url to it`,
    );
    await second.stop();
  });

  it('refuses a client without the right password', async () => {
    const { broker } = await brokerAt();
    for (const wrong of [{ url: broker.url }, { ...broker, username: 'hous' }, { ...broker, password: 'righ' }]) {
      const { reached, connection } = connectionTo(() => Promise.resolve({ ...wrong, source: 'options' }));
      await reached('refused');
      await connection.stop();
    }
  });
});
