/**
 * The four state machines of RFC 3261 section 17 with RFC 6026, as tables: (state, event) → (state, actions). An event that a state does not
 * list changes nothing. The tables do not know the transport: on a reliable one `start-retransmit` does nothing, and the `absorb-*` waits
 * take no time (Timers D, I, J and K are 0). The transactions see to both.
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
 * `request`: a retransmission. `success` is a 2xx and `failure` a 300–699 to an INVITE; `final` is any final response to another method.
 * `ack`: the ACK to a failure. `ack-2xx`: the core saw the ACK to a 2xx. `retransmit` and `expire`: the two timers of a state.
 */
export type ServerEvent =
  | 'request'
  | 'provisional'
  | 'success'
  | 'failure'
  | 'final'
  | 'ack'
  | 'ack-2xx'
  | 'retransmit'
  | 'expire';

/**
 * `send` and `resend` the last response. `start-timeout` runs 64·T1. `absorb-*` keeps only what handles retransmissions, for 64·T1 or T4;
 * it also follows `expire`, because the client's last retransmission leaves just before 64·T1 and must not start a new transaction.
 */
export type ServerAction =
  | 'send'
  | 'resend'
  | 'start-retransmit'
  | 'start-timeout'
  | 'absorb-and-resend'
  | 'absorb-for-64t1'
  | 'absorb-for-t4'
  | 'notify-ack-timeout'
  | 'remove';

export type ServerMachine = Machine<ServerState, ServerEvent, ServerAction>;

/** RFC 3261 section 17.2.1, figure 7, with RFC 6026 section 7.1, figure 2. The 100 Trying after 200 ms is sent by the transaction. */
export const inviteServer: ServerMachine = {
  trying: {},
  proceeding: {
    request: { state: 'proceeding', actions: ['resend'] },
    provisional: { state: 'proceeding', actions: ['send'] },
    // Starts the retransmission of the 2xx (RFC 3261 section 13.3.1.4, no letter) and Timer L (RFC 6026 section 7.1).
    success: { state: 'accepted', actions: ['send', 'start-retransmit', 'start-timeout'] },
    // Starts Timer G and Timer H (RFC 3261 section 17.2.1).
    failure: { state: 'completed', actions: ['send', 'start-retransmit', 'start-timeout'] },
  },
  completed: {
    request: { state: 'completed', actions: ['resend'] },
    // Starts Timer I (RFC 3261 section 17.2.1): T4 in which more ACKs are absorbed.
    ack: { state: 'confirmed', actions: ['absorb-for-t4', 'remove'] },
    // Timer G fired: T1, doubling to T2.
    retransmit: { state: 'completed', actions: ['resend', 'start-retransmit'] },
    // Timer H fired: no ACK within 64·T1.
    expire: { state: 'terminated', actions: ['absorb-for-t4', 'remove'] },
  },
  // RFC 6026 section 7.1: a retransmitted INVITE is absorbed, because the 2xx has a schedule of its own.
  accepted: {
    // RFC 3261 section 13.3.1.4: the 2xx again, T1 doubling to T2. The timer has no letter.
    retransmit: { state: 'accepted', actions: ['resend', 'start-retransmit'] },
    // Timer L goes on: retransmitted INVITEs are still absorbed.
    'ack-2xx': { state: 'confirmed', actions: ['absorb-for-64t1', 'remove'] },
    // Timer L fired without an ACK.
    expire: { state: 'terminated', actions: ['notify-ack-timeout', 'absorb-for-t4', 'remove'] },
  },
  confirmed: {},
  terminated: {},
};

/** RFC 3261 section 17.2.2, figure 8. */
export const nonInviteServer: ServerMachine = {
  trying: {
    provisional: { state: 'proceeding', actions: ['send'] },
    // Starts Timer J: 64·T1 in which the response answers retransmissions.
    final: { state: 'completed', actions: ['send', 'absorb-and-resend', 'remove'] },
    // No letter in RFC 3261: our own bound of 64·T1 for a request that is never answered.
    expire: { state: 'terminated', actions: ['absorb-for-t4', 'remove'] },
  },
  proceeding: {
    request: { state: 'proceeding', actions: ['resend'] },
    provisional: { state: 'proceeding', actions: ['send'] },
    // Starts Timer J.
    final: { state: 'completed', actions: ['send', 'absorb-and-resend', 'remove'] },
    // The same bound. RFC 4320 section 4.2: a 408 would come too late, so none is sent.
    expire: { state: 'terminated', actions: ['absorb-for-t4', 'remove'] },
  },
  completed: {},
  accepted: {},
  confirmed: {},
  terminated: {},
};

export type ClientState = 'calling' | 'trying' | 'proceeding' | 'cancelling' | 'completed' | 'accepted' | 'terminated';

/** `cancel-sent`: our CANCEL was sent. `transport-error`: the transport could not send. */
export type ClientEvent =
  | 'provisional'
  | 'success'
  | 'failure'
  | 'final'
  | 'cancel-sent'
  | 'retransmit'
  | 'expire'
  | 'transport-error';

/** `ack-failure`: sends the ACK to a 300–699. `give-up`: no final response will come. */
export type ClientAction =
  | 'deliver'
  | 'resend'
  | 'start-retransmit'
  | 'stop-retransmitting'
  | 'start-timeout'
  | 'start-timer-c'
  | 'notify-timer-c'
  | 'ack-failure'
  | 'absorb-for-t4'
  | 'give-up'
  | 'remove';

export type ClientMachine = Machine<ClientState, ClientEvent, ClientAction>;

/** RFC 3261 section 17.1.1, figure 5, with RFC 6026 section 7.2, figure 3. Timer A and Timer B start with the transaction. */
export const inviteClient: ClientMachine = {
  calling: {
    // Timer A fired: T1, doubling without limit.
    retransmit: { state: 'calling', actions: ['resend', 'start-retransmit'] },
    // Stops Timer A and Timer B; starts Timer C (RFC 3261 section 16.6 step 11).
    provisional: { state: 'proceeding', actions: ['stop-retransmitting', 'start-timer-c', 'deliver'] },
    // Starts Timer M (RFC 6026 section 7.2).
    success: { state: 'accepted', actions: ['stop-retransmitting', 'start-timeout', 'deliver'] },
    // Starts Timer D: the ACK is kept for retransmissions of the response.
    failure: { state: 'completed', actions: ['ack-failure', 'remove', 'deliver'] },
    // Timer B fired: no response within 64·T1.
    expire: { state: 'terminated', actions: ['remove', 'give-up'] },
    'transport-error': { state: 'terminated', actions: ['remove', 'give-up'] },
  },
  trying: {},
  proceeding: {
    // Restarts Timer C (RFC 3261 section 16.7 step 2).
    provisional: { state: 'proceeding', actions: ['start-timer-c', 'deliver'] },
    // Starts Timer M.
    success: { state: 'accepted', actions: ['start-timeout', 'deliver'] },
    // Starts Timer D.
    failure: { state: 'completed', actions: ['ack-failure', 'remove', 'deliver'] },
    'cancel-sent': { state: 'cancelling', actions: ['start-timeout'] },
    // Timer C fired (RFC 3261 section 16.8).
    expire: { state: 'proceeding', actions: ['notify-timer-c'] },
  },
  // RFC 3261 section 9.1: the INVITE counts as ended 64·T1 after the CANCEL. The timer has no letter.
  cancelling: {
    provisional: { state: 'cancelling', actions: ['deliver'] },
    // Starts Timer M.
    success: { state: 'accepted', actions: ['start-timeout', 'deliver'] },
    // Starts Timer D.
    failure: { state: 'completed', actions: ['ack-failure', 'remove', 'deliver'] },
    expire: { state: 'terminated', actions: ['remove', 'give-up'] },
  },
  completed: {},
  // RFC 6026 section 7.2: every 2xx goes up, including retransmissions and those of other forks.
  accepted: {
    success: { state: 'accepted', actions: ['deliver'] },
    // Timer M fired.
    expire: { state: 'terminated', actions: ['remove'] },
  },
  terminated: {},
};

/** RFC 3261 section 17.1.2, figure 6. Timer E and Timer F start with the transaction. */
export const nonInviteClient: ClientMachine = {
  calling: {},
  trying: {
    // Timer E fired: T1, doubling to T2.
    retransmit: { state: 'trying', actions: ['resend', 'start-retransmit'] },
    provisional: { state: 'proceeding', actions: ['deliver'] },
    // Starts Timer K: T4 in which more responses are absorbed.
    final: { state: 'completed', actions: ['absorb-for-t4', 'remove', 'deliver'] },
    // Timer F fired: no final response within 64·T1.
    expire: { state: 'terminated', actions: ['remove', 'give-up'] },
    'transport-error': { state: 'terminated', actions: ['remove', 'give-up'] },
  },
  proceeding: {
    // Timer E fired: T2 each time.
    retransmit: { state: 'proceeding', actions: ['resend', 'start-retransmit'] },
    provisional: { state: 'proceeding', actions: ['deliver'] },
    // Starts Timer K.
    final: { state: 'completed', actions: ['absorb-for-t4', 'remove', 'deliver'] },
    // Timer F fired.
    expire: { state: 'terminated', actions: ['remove', 'give-up'] },
  },
  cancelling: {},
  completed: {},
  accepted: {},
  terminated: {},
};
