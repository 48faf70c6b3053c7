import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import { freePort } from '#testing/base/free-port.ts';
import { makeCertificate } from '#testing/base/tls-certificate.ts';
import { Mosquitto } from '#testing/home-assistant/mosquitto.ts';
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

describe('a broker that speaks MQTT 5', () => {
  it('tells that another GoSIP with the same data threw us out, and we do not throw it out again', async () => {
    let connections = 0;
    // CONNACK, and DISCONNECT with the reason "Session taken over" (MQTT 5 sections 3.2 and 3.14).
    const taking = createServer((socket) => {
      connections += 1;
      socket.on('error', () => {});
      socket.once('data', () => {
        socket.write(Buffer.from([0x20, 3, 0, 0, 0]));
        setTimeout(() => socket.end(Buffer.from([0xe0, 2, 0x8e, 0])), 50);
      });
    }).listen(0, '127.0.0.1');
    await once(taking, 'listening');
    stack.defer(() => void taking.close());
    const url = `mqtt://127.0.0.1:${(taking.address() as AddressInfo).port}`;
    const { connection, reached } = connectionTo(() => Promise.resolve({ url, source: 'options' }));
    await reached('refused');
    expect(connectionHealth(connection.state).message).toContain('Another GoSIP with the same data');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(connections).toBe(1);
  });

  it('tells whether anybody listens', async () => {
    const mosquitto = stack.use(await Mosquitto.start());
    const { username, password } = mosquitto.login('gosip');
    const find = () => Promise.resolve<Broker>({ url: mosquitto.url, username, password, source: 'options' });
    const { connection, reached } = connectionTo(find);
    await reached('connected');
    const publish = () => connection.session?.publish('gosip/exchange/dnd', 'OFF', { isRetained: true });
    expect(connection.session?.hasReasons).toBe(true);
    expect(await publish()).toBe(false);
    const observer = connectionTo(find, 'observer');
    await observer.reached('connected');
    await observer.connection.session?.subscribe(['gosip/#']);
    expect(await publish()).toBe(true);
  });

  it('and sends what a broker never sends us is left, and tried again later: the telephone does not depend on what it says', async () => {
    const welcome = [0x20, 3, 0, 0, 0];
    // A PUBREL, of QoS 2, which is never asked for.
    const release = [0x62, 2, 0, 7];
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.write(Buffer.from([...welcome, ...release])));
    }).listen(0, '127.0.0.1');
    stack.defer(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { connection, states } = connectionTo(async () => ({ url: `mqtt://127.0.0.1:${port}`, source: 'options' }));
    const says = () => connectionHealth(connection.state).message;
    await expect.poll(says, { timeout: 10_000 }).toContain('does not keep to MQTT');
    await expect.poll(() => states.filter(({ kind }) => kind === 'connected').length, { timeout: 10_000 }).toBeGreaterThan(1);
  });

  it('takes no message of many megabytes, whoever sends one: it would take all the memory of a small machine', async () => {
    const mosquitto = stack.use(await Mosquitto.start());
    const { username, password } = mosquitto.login('gosip');
    const find = () => Promise.resolve<Broker>({ url: mosquitto.url, username, password, source: 'options' });
    const { connection, heard, sessions, reached } = connectionTo(find);
    await reached('connected');
    await connection.session?.subscribe(['gosip/#']);
    const other = connectionTo(find, 'other');
    await other.reached('connected');
    await other.connection.session?.publish('gosip/command/call', 'x'.repeat(2_000_000), { isRetained: false });
    await other.connection.session?.publish('gosip/command/call', 'small', { isRetained: false });
    await expect.poll(() => heard.map((text) => text.slice(0, 40))).toEqual(['gosip/command/call small']);
    expect(sessions).toHaveLength(1);
  });

  it('and breaks while messages are under way leaves none of them waiting for ever', async () => {
    const { broker, embedded } = await brokerAt();
    const { connection, reached } = connectionTo(() => Promise.resolve(broker));
    await reached('connected');
    const { session } = connection;
    const sent = Array.from({ length: 300 }, (_, index) => session!.publish(`gosip/${index}`, 'x', { isRetained: true }));
    const settled = Promise.allSettled(sent);
    await embedded.stop();
    const limit = new Promise<string>((resolve) => setTimeout(() => resolve('pending'), 10_000));
    expect(await Promise.race([settled.then((all) => all.length), limit])).toBe(300);
  });
});

describe('a broker with TLS', () => {
  it('of an authority of the house is trusted by its file alone', async () => {
    const certificate = makeCertificate(['IP:127.0.0.1']);
    stack.defer(certificate.remove);
    const { port, broker } = await brokerAt();
    const [key, cert] = [readFileSync(certificate.keyFile), readFileSync(certificate.certFile)];
    const front = createTlsServer({ key, cert }, (socket) => {
      const far = connect(port, '127.0.0.1');
      socket.pipe(far).pipe(socket);
      for (const one of [socket, far]) one.on('error', () => {});
    }).listen(0, '127.0.0.1');
    await once(front, 'listening');
    stack.defer(() => void front.close());
    const secure: Broker = { ...broker, url: `mqtts://127.0.0.1:${(front.address() as AddressInfo).port}` };
    const stranger = connectionTo(() => Promise.resolve(secure), 'stranger');
    await stranger.reached('unreachable');
    expect(connectionHealth(stranger.connection.state).message).toContain('give its file as mqtt_ca');
    await connectionTo(() => Promise.resolve({ ...secure, ca: cert.toString() })).reached('connected');
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
