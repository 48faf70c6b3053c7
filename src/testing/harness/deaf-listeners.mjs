// Loaded before GoSIP: takes the hearing of SIP listeners, by their ports, and gives it back. The file named by DEAF_PORTS holds a list such
// as `[5060]`, and a deaf listener goes on accepting connections and datagrams, and answers none.
import { Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { Server } from 'node:net';
import { isMainThread } from 'node:worker_threads';

const pollMs = 50;

/** What hears, the event by which it does, and who listened before it went deaf. */
const ears = [];

function watch(prototype, method, event) {
  const original = prototype[method];
  prototype[method] = function (...args) {
    ears.push({ emitter: this, event, heard: undefined });
    return Reflect.apply(original, this, args);
  };
}

function portOf(emitter) {
  try {
    return emitter.address()?.port;
  } catch {
    return undefined;
  }
}

function follow() {
  const deaf = JSON.parse(readFileSync(process.env.DEAF_PORTS, 'utf8'));
  for (const ear of ears) {
    const isDeaf = deaf.includes(portOf(ear.emitter));
    if (isDeaf && ear.heard === undefined) {
      ear.heard = ear.emitter.listeners(ear.event);
      ear.emitter.removeAllListeners(ear.event);
    } else if (!isDeaf && ear.heard !== undefined) {
      for (const listener of ear.heard) ear.emitter.on(ear.event, listener);
      ear.heard = undefined;
    }
  }
}

if (!isMainThread) {
  watch(Server.prototype, 'listen', 'connection');
  watch(Socket.prototype, 'bind', 'message');
  setInterval(follow, pollMs).unref();
}
