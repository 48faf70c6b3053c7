import type { FactName } from '#contract/facts.ts';

/** What changes a message. */
export const messageFacts: readonly FactName[] = ['message.received', 'message.changed'];

/** What changes a list of conversations: their messages, and what the other sides are called. */
export const conversationFacts: readonly FactName[] = [
  ...messageFacts,
  'contact.created',
  'contact.changed',
  'contact.deleted',
  'contacts.imported',
];
