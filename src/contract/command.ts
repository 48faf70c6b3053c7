// Owns what a command is to the room that declares it: what an automation can ask for that no entity can say.
// Called by the rooms' -commands files; app hands all of them to the edge that takes them (Home Assistant, over MQTT).
// Must stay true: whatever comes in is checked by `input` before it runs.
import type { z } from 'zod';

export type CommandDeclaration<Input extends z.ZodType = z.ZodType> = {
  /** snake_case, never changes once shipped, such as `call` or `send_sms`. */
  readonly name: string;
  readonly input: Input;
};

/** A declaration together with the function that answers it. */
export type Command = {
  readonly declaration: CommandDeclaration;
  /**
   * The reply is a JSON object; rejects with an AppError whose message is fit to be spoken. `requestId`: the same request may come again, and
   * what must not be done twice is done once.
   */
  run(input: unknown, requestId?: string): Promise<CommandReply>;
};

export type CommandReply = Readonly<Record<string, unknown>>;

export function command<const Name extends string, Input extends z.ZodType>(
  name: Name,
  input: Input,
): CommandDeclaration<Input> & { readonly name: Name } {
  return { name, input };
}

/** `run` is called with what `input` made of the payload, and with nothing else. */
export function bindCommand<Input extends z.ZodType>(
  declaration: CommandDeclaration<Input>,
  run: (input: z.output<Input>, requestId: string | undefined) => Promise<CommandReply>,
): Command {
  return { declaration, run: (input, requestId) => run(input as z.output<Input>, requestId) };
}
