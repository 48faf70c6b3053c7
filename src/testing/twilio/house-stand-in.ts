import { HttpListener } from '#testing/twilio/base/http-listener.ts';
import type { HttpReply, HttpRequest } from '#testing/twilio/base/http-listener.ts';
import { sign } from '#testing/twilio/base/signature.ts';

export type Heard = {
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
export class HouseStandIn implements AsyncDisposable {
  readonly origin: string;
  readonly heard: Heard[] = [];
  readonly #listener: HttpListener;
  readonly #answers: Map<string, (heard: Heard) => Answer | Promise<Answer>>;

  private constructor(listener: HttpListener, answers: Map<string, (heard: Heard) => Answer | Promise<Answer>>, heard: Heard[]) {
    this.#listener = listener;
    this.#answers = answers;
    this.heard = heard;
    this.origin = `http://127.0.0.1:${listener.port}`;
  }

  static async start(authToken: () => string): Promise<HouseStandIn> {
    const answers = new Map<string, (heard: Heard) => Answer | Promise<Answer>>();
    const all: Heard[] = [];
    const listener = await HttpListener.start(
      async (request) => {
        const heard = hear(request, authToken());
        all.push(heard);
        return toReply((await answers.get(request.path)?.(heard)) ?? '<Response/>');
      },
      { address: '127.0.0.1' },
    );
    return new HouseStandIn(listener, answers, all);
  }

  /** TwiML as text, or a whole reply, for everything asked at a path. */
  on(path: string, answer: Answer | ((heard: Heard) => Answer | Promise<Answer>)): void {
    this.#answers.set(path, typeof answer === 'function' ? answer : () => answer);
  }

  at(path: string): readonly Heard[] {
    return this.heard.filter((each) => each.path === path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listener[Symbol.asyncDispose]();
  }
}

function hear({ method, path, search, headers, body }: HttpRequest, authToken: string): Heard {
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
