import { describe, expect, it } from 'vitest';
import { CoreStage, sdp } from '#testing/harness/core-stage.ts';

const invite = 'INVITE sip:bob@10.0.0.9 SIP/2.0';

/** An application with one call in every state. */
function busy(settings = {}) {
  const stage = new CoreStage({ settings });
  const up = stage.incomingCall();
  stage.outgoingCall();
  stage.arrive('INVITE', { callId: 'waiting', fromTag: 'w' });
  stage.arrive('OPTIONS', { callId: 'options' });
  stage.command(invite, { body: sdp });
  stage.answer(180);
  stage.sent();
  stage.app.isOpen = false;
  stage.app.deliveries.length = 0;
  stage.core.appGone(stage.app);
  return { stage, up };
}

describe('an application that leaves', () => {
  it('after the grace period: its calls are refused, cancelled and ended', () => {
    const { stage } = busy();
    stage.clock.advance(4_900);
    expect(stage.sent().filter((line) => line !== 'INVITE')).toEqual([]);
    stage.clock.advance(150);
    expect(stage.sent().toSorted()).toEqual(['503', '503', 'BYE', 'BYE', 'CANCEL']);
    expect(stage.app.lines).toEqual([]);
    stage.clock.advance(100_000);
    expect(stage.leftovers).toEqual([]);
  });

  it('natively: nothing reaches the network but 481 to what comes in its dialogs', () => {
    const { stage, up } = busy({ whenAppLeaves: 'native' });
    stage.clock.advance(20_000);
    expect(stage.sent().filter((line) => line !== 'INVITE')).toEqual([]);
    stage.arrive('INFO', { toTag: up.localTag, cseq: 2 });
    stage.arrive('BYE', { toTag: up.localTag, cseq: 3 });
    expect(stage.sent()).toEqual(['481', '481']);
    stage.clock.advance(3_700_000);
    expect(stage.leftovers).toEqual([]);
  });

  it('meanwhile requests in its dialogs get 481, also BYE, which ends the dialog', () => {
    const { stage, up } = busy();
    stage.arrive('INFO', { toTag: up.localTag, cseq: 2 });
    stage.arrive('BYE', { toTag: up.localTag, cseq: 3 });
    expect(stage.sent()).toEqual(['481', '481']);
    expect(stage.core.sizes()['dialogs']).toBe(1);
  });

  it('a 200 to its INVITE is acknowledged and ended at once', () => {
    const stage = new CoreStage();
    stage.command(invite, { body: sdp });
    stage.app.isOpen = false;
    stage.core.appGone(stage.app);
    stage.answer(200, { body: sdp });
    expect(stage.sent()).toEqual(['INVITE', 'ACK', 'BYE']);
    expect(stage.app.lines).toEqual([]);
  });

  it('a new request finds nobody', () => {
    const { stage } = busy();
    stage.arrive('OPTIONS', { callId: 'new' });
    expect(stage.sent()).toEqual(['503']);
  });
});

describe('whoever is told 503', () => {
  const hints = (stage: CoreStage) =>
    stage.transport.sent.filter(({ message }) => message.status === 503).map(({ message }) => message.get('retry-after'));

  it('hears when to come back, where the application left in the middle of a call', () => {
    const { stage } = busy();
    stage.clock.advance(5_050);
    expect(hints(stage)).toEqual(['5', '5']);
  });

  it('hears when to come back, where nobody is there yet', () => {
    const { stage } = busy();
    stage.arrive('OPTIONS', { callId: 'new' });
    expect(hints(stage)).toEqual(['5']);
  });

  it('hears when to come back, where others took the place of an INVITE that waited', () => {
    const stage = new CoreStage();
    const flow = stage.transport.peer('udp', '198.18.0.1', 5060);
    stage.arrive('INVITE', { callId: 'waits', headers: [`X-Long: ${'x'.repeat(400)}`] }, flow);
    stage.clock.advance(1_000);
    for (let index = 0; index < 1_000; index += 1) {
      const another = stage.transport.peer('udp', `198.18.${1 + (index >> 8)}.${index & 255}`, 5060);
      stage.arrive('INVITE', { callId: `later-${index}`, headers: [`X-Long: ${'x'.repeat(400)}`] }, another);
      stage.clock.advance(4);
    }
    expect(hints(stage)).toEqual(['5']);
  });
});

describe('an engine that stops', () => {
  it('ends all calls first', () => {
    const stage = new CoreStage();
    stage.incomingCall();
    stage.arrive('INVITE', { callId: 'waiting', fromTag: 'w' });
    stage.sent();
    stage.core.stop();
    expect(stage.sent()).toEqual(['503', 'BYE']);
    expect(stage.core.sizes()).toMatchObject({ dialogs: 0, incomingRequests: 0 });
  });
});

describe('ten thousand calls', () => {
  it('leave every table empty, whatever became of them', { timeout: 60_000 }, () => {
    const stage = new CoreStage();
    for (let index = 0; index < 10_000; index++) {
      stage.clock.advance(20);
      stage.app.deliveries.length = 0;
      stage.transport.sent.length = 0;
      oneCall(stage, index);
    }
    stage.clock.advance(300_000);
    expect(stage.leftovers).toEqual([]);
  });
});

/** The fates a call can have, by turns. */
function oneCall(stage: CoreStage, index: number): void {
  const callId = `many-${index}`;
  switch (index % 10) {
    case 0: {
      const { localTag } = stage.incomingCall({ callId });
      stage.arrive('BYE', { callId, toTag: localTag, cseq: 2 });
      stage.respond(stage.app.take('BYE').transactionId, 200);
      break;
    }
    case 1: {
      const { dialogId } = stage.incomingCall({ callId });
      stage.command('BYE sip:placeholder SIP/2.0', { dialogId });
      stage.answer(200);
      break;
    }
    case 2: {
      const { dialogId } = stage.outgoingCall();
      stage.command('BYE sip:placeholder SIP/2.0', { dialogId });
      break;
    }
    case 3:
      stage.command(invite, { body: sdp });
      stage.answer(486);
      break;
    case 4:
      stage.command(invite, { body: sdp });
      break;
    case 5: {
      stage.arrive('INVITE', { callId });
      stage.respond(stage.app.take('INVITE').transactionId, 480);
      break;
    }
    case 6: {
      const branch = stage.arrive('INVITE', { callId });
      stage.respond(stage.app.take('INVITE').transactionId, 180);
      stage.arrive('CANCEL', { callId, branch });
      break;
    }
    case 7: {
      stage.arrive('INVITE', { callId, headers: ['Supported: 100rel'] });
      stage.respond(stage.app.take('INVITE').transactionId, 183, { headers: ['Require: 100rel'], body: sdp });
      break;
    }
    case 8: {
      stage.arrive('INVITE', { callId });
      stage.respond(stage.app.take('INVITE').transactionId, 200);
      break;
    }
    default:
      stage.arrive('REGISTER', { callId });
      stage.respond(stage.app.take('REGISTER').transactionId, 401);
  }
}
