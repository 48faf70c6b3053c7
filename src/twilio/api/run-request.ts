import type { Twilio } from 'twilio';
import type { TwilioResult } from './result.ts';

/** Runs one request of the SDK, or the pages of one list. */
export type RunRequest = <Value>(run: (sdk: Twilio) => Promise<Value>) => Promise<TwilioResult<Value>>;

/** A new object for each list: the SDK writes into it, so two lists at a time must not share one. */
export const everything = () => ({ limit: 1000, pageSize: 1000 });
export type Limits = ReturnType<typeof everything>;
