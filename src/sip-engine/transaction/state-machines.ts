/**
 * The four state machines of RFC 3261 section 17 with RFC 6026, as tables: (state, event) → (state, actions). An event that a state does not
 * list changes nothing. The tables know no transport: on a reliable one `retransmit-later` does nothing and the long waits that only
 * absorb retransmissions take no time; the transactions see to both.
 */
export type StateTransition<State extends string, Action extends string> = {
  readonly state: State;
  readonly actions: readonly Action[];
};

export type Machine<State extends string, Event extends string, Action extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Event, StateTransition<State, Action>>>>>
>;

export type ServerState = 'trying' | 'proceeding' | 'completed' | 'accepted' | 'confirmed' | 'terminated';

/**
 * `request`: a retransmission. `success` for 2xx and `failure` for 300 and above to an INVITE, `final` for any to other methods.
 * `acknowledged`: the core saw the ACK to a 2xx. `retransmit` and `expire`: the two timers.
 */
export type ServerEvent =
  | 'request'
  | 'provisional'
  | 'success'
  | 'failure'
  | 'final'
  | 'ack'
  | 'acknowledged'
  | 'retransmit'
  | 'expire';

/**
 * `send` and `resend` the last response. `absorb-*`: keep only what answers retransmissions, for 64·T1 or T4. It also follows `expire`,
 * as the client's last retransmission leaves just before 64·T1 and must not begin everything anew.
 */
export type ServerAction =
  | 'send'
  | 'resend'
  | 'retransmit-later'
  | 'expire-later'
  | 'absorb-with-answer'
  | 'absorb-long'
  | 'absorb-short'
  | 'tell-ack-timeout'
  | 'leave';

export type ServerMachine = Machine<ServerState, ServerEvent, ServerAction>;

export const inviteServer: ServerMachine = {
  trying: {},
  proceeding: {
    request: { state: 'proceeding', actions: ['resend'] },
    provisional: { state: 'proceeding', actions: ['send'] },
    success: { state: 'accepted', actions: ['send', 'retransmit-later', 'expire-later'] },
    failure: { state: 'completed', actions: ['send', 'retransmit-later', 'expire-later'] },
  },
  completed: {
    request: { state: 'completed', actions: ['resend'] },
    ack: { state: 'confirmed', actions: ['absorb-short', 'leave'] },
    retransmit: { state: 'completed', actions: ['resend', 'retransmit-later'] },
    expire: { state: 'terminated', actions: ['absorb-short', 'leave'] },
  },
  // RFC 6026 section 7.1: a retransmitted INVITE is absorbed, the 2xx has its own schedule (RFC 3261 section 13.3.1.4).
  accepted: {
    retransmit: { state: 'accepted', actions: ['resend', 'retransmit-later'] },
    acknowledged: { state: 'confirmed', actions: ['absorb-long', 'leave'] },
    expire: { state: 'terminated', actions: ['tell-ack-timeout', 'absorb-short', 'leave'] },
  },
  confirmed: {},
  terminated: {},
};

export const nonInviteServer: ServerMachine = {
  trying: {
    provisional: { state: 'proceeding', actions: ['send'] },
    final: { state: 'completed', actions: ['send', 'absorb-with-answer', 'leave'] },
    expire: { state: 'terminated', actions: ['absorb-short', 'leave'] },
  },
  proceeding: {
    request: { state: 'proceeding', actions: ['resend'] },
    provisional: { state: 'proceeding', actions: ['send'] },
    final: { state: 'completed', actions: ['send', 'absorb-with-answer', 'leave'] },
    // RFC 4320 section 4.2: a 408 would come too late for everybody.
    expire: { state: 'terminated', actions: ['absorb-short', 'leave'] },
  },
  completed: {},
  accepted: {},
  confirmed: {},
  terminated: {},
};

export type ClientState = 'calling' | 'trying' | 'proceeding' | 'cancelling' | 'completed' | 'accepted' | 'terminated';

/** `cancelled`: our CANCEL left. `broken`: the transport could not send. */
export type ClientEvent = 'provisional' | 'success' | 'failure' | 'final' | 'cancelled' | 'retransmit' | 'expire' | 'broken';

/** `give-up`: no final response will come. `ring-limit`: Timer C. */
export type ClientAction =
  | 'deliver'
  | 'resend'
  | 'retransmit-later'
  | 'stop-retransmitting'
  | 'expire-later'
  | 'ring-limit-later'
  | 'tell-ring-limit'
  | 'acknowledge'
  | 'absorb-short'
  | 'give-up'
  | 'leave';

export type ClientMachine = Machine<ClientState, ClientEvent, ClientAction>;

export const inviteClient: ClientMachine = {
  calling: {
    retransmit: { state: 'calling', actions: ['resend', 'retransmit-later'] },
    provisional: { state: 'proceeding', actions: ['stop-retransmitting', 'ring-limit-later', 'deliver'] },
    success: { state: 'accepted', actions: ['stop-retransmitting', 'expire-later', 'deliver'] },
    failure: { state: 'completed', actions: ['acknowledge', 'leave', 'deliver'] },
    expire: { state: 'terminated', actions: ['leave', 'give-up'] },
    broken: { state: 'terminated', actions: ['leave', 'give-up'] },
  },
  trying: {},
  proceeding: {
    provisional: { state: 'proceeding', actions: ['ring-limit-later', 'deliver'] },
    success: { state: 'accepted', actions: ['expire-later', 'deliver'] },
    failure: { state: 'completed', actions: ['acknowledge', 'leave', 'deliver'] },
    cancelled: { state: 'cancelling', actions: ['expire-later'] },
    expire: { state: 'proceeding', actions: ['tell-ring-limit'] },
  },
  // RFC 3261 section 9.1: 64·T1 after the CANCEL the INVITE counts as ended.
  cancelling: {
    provisional: { state: 'cancelling', actions: ['deliver'] },
    success: { state: 'accepted', actions: ['expire-later', 'deliver'] },
    failure: { state: 'completed', actions: ['acknowledge', 'leave', 'deliver'] },
    expire: { state: 'terminated', actions: ['leave', 'give-up'] },
  },
  completed: {},
  // RFC 6026 section 7.2: every 2xx goes up, retransmitted ones and those of other forks too.
  accepted: {
    success: { state: 'accepted', actions: ['deliver'] },
    expire: { state: 'terminated', actions: ['leave'] },
  },
  terminated: {},
};

export const nonInviteClient: ClientMachine = {
  calling: {},
  trying: {
    retransmit: { state: 'trying', actions: ['resend', 'retransmit-later'] },
    provisional: { state: 'proceeding', actions: ['deliver'] },
    final: { state: 'completed', actions: ['absorb-short', 'leave', 'deliver'] },
    expire: { state: 'terminated', actions: ['leave', 'give-up'] },
    broken: { state: 'terminated', actions: ['leave', 'give-up'] },
  },
  proceeding: {
    retransmit: { state: 'proceeding', actions: ['resend', 'retransmit-later'] },
    provisional: { state: 'proceeding', actions: ['deliver'] },
    final: { state: 'completed', actions: ['absorb-short', 'leave', 'deliver'] },
    expire: { state: 'terminated', actions: ['leave', 'give-up'] },
  },
  cancelling: {},
  completed: {},
  accepted: {},
  terminated: {},
};
