import { AppError } from '#base/errors.ts';
import type { PersonId } from '#base/ids.ts';
import { handle } from '#contract/endpoint.ts';
import type { Identity, Route } from '#contract/endpoint.ts';
import type { FileReply } from '#contract/file.ts';
import { getGreeting, getGreetingAudio, setGreeting, setGreetingAudio } from '#contract/voicemails.ts';
import type { Greetings } from './greetings.ts';

/** People set the greeting of their own mailbox; an admin that of all. */
export function greetingRoutes(greetings: Greetings, isPerson: (personId: PersonId) => boolean): readonly Route[] {
  const toReply = (personId: PersonId) => {
    const greeting = greetings.of(personId);
    const { text, language } = greeting.kind === 'text' ? greeting : { text: '', language: '' };
    return { personId, kind: greeting.kind, text, language };
  };
  const mailboxOf = (given: PersonId | 'me', identity: Identity | undefined): PersonId => {
    const personId = given === 'me' ? identity?.personId : given;
    const isTheirs = identity?.role === 'admin' || personId === identity?.personId;
    if (personId === undefined || !isTheirs || !isPerson(personId)) throw new AppError('not-found', 'There is no such mailbox');
    return personId;
  };
  return [
    handle(getGreeting, ({ params, identity }) => toReply(mailboxOf(params.personId, identity))),
    handle(setGreeting, async ({ params, body, identity }) => {
      const personId = mailboxOf(params.personId, identity);
      await greetings.set(personId, body.kind === 'text' ? { ...body, language: body.language ?? '' } : body);
      return toReply(personId);
    }),
    handle(getGreetingAudio, async ({ params, identity }): Promise<FileReply> => {
      const file = await greetings.audioOf(mailboxOf(params.personId, identity));
      if (file === undefined) throw new AppError('not-found', 'There is no recorded greeting');
      // The token opens the public path and is not for the browser.
      const version = `greeting-${file.token.slice(0, 8)}-${file.bytes}`;
      return {
        bytes: file.bytes,
        read: file.read,
        contentType: 'audio/wav',
        etag: version,
        fileName: 'greeting.wav',
        disposition: 'inline',
      };
    }),
    handle(setGreetingAudio, async ({ params, body, identity }) => {
      const personId = mailboxOf(params.personId, identity);
      await greetings.setAudio(personId, body);
      return toReply(personId);
    }),
  ];
}
