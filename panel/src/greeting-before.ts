// Owns the greeting that there was before another one was saved, and brings it back: with the recording itself, which the house has no more.
import { getGreetingAudio, setGreeting, setGreetingAudio } from '#contract/voicemails.ts';
import type { getGreeting } from '#contract/voicemails.ts';
import type { EndpointReply } from '#contract/endpoint.ts';
import { call } from './api.ts';
import { download } from './download.ts';
import { apiAddress } from './place.ts';
import { requestPath } from './request.ts';
import { upload } from './upload.ts';

export type Greeting = EndpointReply<typeof getGreeting>;
export type Before = () => Promise<Greeting>;

type Params = { readonly personId: Greeting['personId'] | 'me' };

export function greetingAudio(params: Params): string {
  return apiAddress(requestPath(getGreetingAudio, { params })).href;
}

/** How to bring back the greeting there is now. Throws a Problem where its recording cannot be had: then nothing would bring it back. */
export async function keepGreeting(greeting: Greeting, params: Params): Promise<Before> {
  if (greeting.kind === 'standard') return () => call(setGreeting, { params, body: { kind: 'standard' } });
  if (greeting.kind === 'text') {
    const { text, language } = greeting;
    return () => call(setGreeting, { params, body: { kind: 'text', text, ...(language === '' ? {} : { language }) } });
  }
  const { content: file } = await download(getGreetingAudio, { params });
  return () => upload(setGreetingAudio, file, { params, type: 'audio/wav' });
}
