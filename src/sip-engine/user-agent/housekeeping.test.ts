import { describe, expect, it } from 'vitest';
import { UserAgentHarness, sdp } from '#testing/harness/user-agent-harness.ts';

const invite = 'INVITE sip:bob@10.0.0.9 SIP/2.0';

/** An application with one call in every state. */
function busy(settings = {}) {
  const harness = new UserAgentHarness({ settings });
  const up = harness.incomingCall();
  harness.outgoingCall();
  harness.receiveRequest('INVITE', { callId: 'waiting', fromTag: 'w' });
  harness.receiveRequest('OPTIONS', { callId: 'options' });
  harness.command(invite, { body: sdp });
  harness.receiveResponse(180);
  harness.sent();
  harness.app.isOpen = false;
  harness.app.deliveries.length = 0;
  harness.core.appDisconnected(harness.app);
  return { harness, up };
}

describe('an application that leaves', () => {
  it('after the grace period: its calls are refused, cancelled and ended', () => {
    const { harness } = busy();
    harness.clock.advance(4_900);
    expect(harness.sent().filter((line) => line !== 'INVITE')).toEqual([]);
    harness.clock.advance(150);
    expect(harness.sent().toSorted()).toEqual(['503', '503', 'BYE', 'BYE', 'CANCEL']);
    expect(harness.app.lines).toEqual([]);
    harness.clock.advance(100_000);
    expect(harness.leftovers).toEqual([]);
  });

  it('natively: nothing reaches the network but 481 to what comes in its dialogs', () => {
    const { harness, up } = busy({ whenAppLeaves: 'native' });
    harness.clock.advance(20_000);
    expect(harness.sent().filter((line) => line !== 'INVITE')).toEqual([]);
    harness.receiveRequest('INFO', { toTag: up.localTag, cseq: 2 });
    harness.receiveRequest('BYE', { toTag: up.localTag, cseq: 3 });
    expect(harness.sent()).toEqual(['481', '481']);
    harness.clock.advance(3_700_000);
    expect(harness.leftovers).toEqual([]);
  });

  it('meanwhile requests in its dialogs get 481, also BYE, which ends the dialog', () => {
    const { harness, up } = busy();
    harness.receiveRequest('INFO', { toTag: up.localTag, cseq: 2 });
    harness.receiveRequest('BYE', { toTag: up.localTag, cseq: 3 });
    expect(harness.sent()).toEqual(['481', '481']);
    expect(harness.core.sizes()['dialogs']).toBe(1);
  });

  it('a 200 to its INVITE is acknowledged and ended at once', () => {
    const harness = new UserAgentHarness();
    harness.command(invite, { body: sdp });
    harness.app.isOpen = false;
    harness.core.appDisconnected(harness.app);
    harness.receiveResponse(200, { body: sdp });
    expect(harness.sent()).toEqual(['INVITE', 'ACK', 'BYE']);
    expect(harness.app.lines).toEqual([]);
  });

  it('a new request finds no application', () => {
    const { harness } = busy();
    harness.receiveRequest('OPTIONS', { callId: 'new' });
    expect(harness.sent()).toEqual(['503']);
  });
});

describe('a 503', () => {
  const hints = (harness: UserAgentHarness) =>
    harness.transport.sent.filter(({ message }) => message.status === 503).map(({ message }) => message.get('retry-after'));

  it('has Retry-After where the application left in the middle of a call', () => {
    const { harness } = busy();
    harness.clock.advance(5_050);
    expect(hints(harness)).toEqual(['5', '5']);
  });

  it('has Retry-After where no application is there yet', () => {
    const { harness } = busy();
    harness.receiveRequest('OPTIONS', { callId: 'new' });
    expect(hints(harness)).toEqual(['5']);
  });

  it('has Retry-After where others evicted a waiting INVITE', () => {
    const harness = new UserAgentHarness();
    const flow = harness.transport.peer('udp', '198.18.0.1', 5060);
    harness.receiveRequest('INVITE', { callId: 'waits', headers: [`X-Long: ${'x'.repeat(400)}`] }, flow);
    harness.clock.advance(1_000);
    for (let index = 0; index < 1_000; index += 1) {
      const another = harness.transport.peer('udp', `198.18.${1 + (index >> 8)}.${index & 255}`, 5060);
      harness.receiveRequest('INVITE', { callId: `later-${index}`, headers: [`X-Long: ${'x'.repeat(400)}`] }, another);
      harness.clock.advance(4);
    }
    expect(hints(harness)).toEqual(['5']);
  });
});

describe('an engine that stops', () => {
  it('ends all calls first', () => {
    const harness = new UserAgentHarness();
    harness.incomingCall();
    harness.receiveRequest('INVITE', { callId: 'waiting', fromTag: 'w' });
    harness.sent();
    harness.core.stop();
    expect(harness.sent()).toEqual(['503', 'BYE']);
    expect(harness.core.sizes()).toMatchObject({ dialogs: 0, incomingRequests: 0 });
  });
});

describe('ten thousand calls', () => {
  it('leave every table empty, whatever became of them', () => {
    const harness = new UserAgentHarness();
    for (let index = 0; index < 10_000; index++) {
      harness.clock.advance(20);
      harness.app.deliveries.length = 0;
      harness.transport.sent.length = 0;
      oneCall(harness, index);
    }
    harness.clock.advance(300_000);
    expect(harness.leftovers).toEqual([]);
  });
});

/** The fates a call can have, by turns. */
function oneCall(harness: UserAgentHarness, index: number): void {
  const callId = `many-${index}`;
  switch (index % 10) {
    case 0: {
      const { localTag } = harness.incomingCall({ callId });
      harness.receiveRequest('BYE', { callId, toTag: localTag, cseq: 2 });
      harness.respond(harness.app.take('BYE').transactionId, 200);
      break;
    }
    case 1: {
      const { dialogId } = harness.incomingCall({ callId });
      harness.command('BYE sip:placeholder SIP/2.0', { dialogId });
      harness.receiveResponse(200);
      break;
    }
    case 2: {
      const { dialogId } = harness.outgoingCall();
      harness.command('BYE sip:placeholder SIP/2.0', { dialogId });
      break;
    }
    case 3:
      harness.command(invite, { body: sdp });
      harness.receiveResponse(486);
      break;
    case 4:
      harness.command(invite, { body: sdp });
      break;
    case 5: {
      harness.receiveRequest('INVITE', { callId });
      harness.respond(harness.app.take('INVITE').transactionId, 480);
      break;
    }
    case 6: {
      const branch = harness.receiveRequest('INVITE', { callId });
      harness.respond(harness.app.take('INVITE').transactionId, 180);
      harness.receiveRequest('CANCEL', { callId, branch });
      break;
    }
    case 7: {
      harness.receiveRequest('INVITE', { callId, headers: ['Supported: 100rel'] });
      harness.respond(harness.app.take('INVITE').transactionId, 183, { headers: ['Require: 100rel'], body: sdp });
      break;
    }
    case 8: {
      harness.receiveRequest('INVITE', { callId });
      harness.respond(harness.app.take('INVITE').transactionId, 200);
      break;
    }
    default:
      harness.receiveRequest('REGISTER', { callId });
      harness.respond(harness.app.take('REGISTER').transactionId, 401);
  }
}
