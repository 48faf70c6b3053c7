import { HttpListener } from '#testing/twilio/base/http-listener.ts';
import type { HttpReply, HttpRequest } from '#testing/twilio/base/http-listener.ts';
import { sign } from '#testing/twilio/base/signature.ts';

export type ReceivedWebhook = {
  readonly method: string;
  readonly path: string;
  readonly search: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly headers: HttpRequest['headers'];
  /** Signed with the token for `https://house.example` and this path. */
  readonly isSigned: boolean;
};

type Answer = string | HttpReply;

/** A public host of its own for tests of the emulator: answers by path, remembers what it heard, checks signatures. */
export class FakeWebhookServer implements AsyncDisposable {
  readonly origin: string;
  readonly received: ReceivedWebhook[] = [];
  readonly #listener: HttpListener;
  readonly #answers: Map<string, (heard: ReceivedWebhook) => Answer | Promise<Answer>>;

  private constructor(
    listener: HttpListener,
    answers: Map<string, (received: ReceivedWebhook) => Answer | Promise<Answer>>,
    heard: ReceivedWebhook[],
  ) {
    this.#listener = listener;
    this.#answers = answers;
    this.received = heard;
    this.origin = `http://127.0.0.1:${listener.port}`;
  }

  static async start(authToken: () => string): Promise<FakeWebhookServer> {
    const answers = new Map<string, (heard: ReceivedWebhook) => Answer | Promise<Answer>>();
    const all: ReceivedWebhook[] = [];
    const listener = await HttpListener.start(
      async (request) => {
        const received = toReceivedWebhook(request, authToken());
        all.push(received);
        return toReply((await answers.get(request.path)?.(received)) ?? '<Response/>');
      },
      { address: '127.0.0.1' },
    );
    return new FakeWebhookServer(listener, answers, all);
  }

  /** TwiML as text, or a whole reply, for everything asked at a path. */
  on(path: string, answer: Answer | ((heard: ReceivedWebhook) => Answer | Promise<Answer>)): void {
    this.#answers.set(path, typeof answer === 'function' ? answer : () => answer);
  }

  requestsTo(path: string): readonly ReceivedWebhook[] {
    return this.received.filter((each) => each.path === path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listener[Symbol.asyncDispose]();
  }
}

function toReceivedWebhook({ method, path, search, headers, body }: HttpRequest, authToken: string): ReceivedWebhook {
  const form = [...new URLSearchParams(body.toString('utf8'))];
  const url = `https://house.example${path}${search === '' ? '' : `?${search}`}`;
  return {
    method,
    path,
    search,
    headers,
    fields: Object.fromEntries(form),
    isSigned: headers['x-twilio-signature'] === sign(authToken, url, form),
  };
}

function toReply(answer: Answer): HttpReply {
  if (typeof answer !== 'string') return answer;
  const body = answer.startsWith('<Response') ? `<?xml version="1.0" encoding="UTF-8"?>${answer}` : answer;
  return { status: 200, headers: { 'Content-Type': 'text/xml' }, body };
}
