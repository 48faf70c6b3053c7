// Owns what the dashboard reads of the house: asked ahead by main.ts, shown by the cards of the dashboard.
import { listCallApprovals } from '#contract/call-approvals.ts';
import { listCallRecords, listCalls } from '#contract/calls.ts';
import { getDnd } from '#contract/dnd.ts';
import { listConversations } from '#contract/messages.ts';
import { listAlerts } from '#contract/observation.ts';
import { listVoicemails } from '#contract/voicemails.ts';
import { ahead } from './ahead.ts';
import { call } from './api.ts';
import { allPhones, everyPage } from './data.ts';
import { isAdmin } from './session.ts';

export const maxRecentCalls = 6;

/** Those that set up another are left out. */
export const readRecentCalls = () => call(listCallRecords, { query: { per_page: maxRecentCalls * 2 } });
export const readCallsNow = () => call(listCalls, { query: { per_page: 50, order: 'asc' } });
export const readApprovals = () => call(listCallApprovals, { query: { per_page: 50 } });
export const readUnheard = () => call(listVoicemails, { query: { heard: 'false', per_page: 5 } });
export const readUnread = () =>
  everyPage((page) => call(listConversations, { query: { unread: 'true', mine: 'true', page, per_page: 100 } }));
export const readDnd = () => call(getDnd);
export const readAlerts = () => call(listAlerts);

/** Asks for what is about to be shown, that which takes longest first. */
export function askForDashboard(): void {
  for (const load of [readRecentCalls, readUnheard, readUnread, allPhones, readDnd, readCallsNow, readApprovals]) ahead.ask(load);
  if (isAdmin()) ahead.ask(readAlerts);
}
