import { readFileSync } from 'node:fs';

/** What Twilio's OpenAPI documents say of a value. */
export type Shape = {
  readonly ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly nullable?: boolean;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
};

export type Operation = {
  readonly query: Readonly<Record<string, Shape>>;
  readonly form: Readonly<Record<string, Shape>>;
  /** Of the form. */
  readonly required: readonly string[];
  readonly statuses: readonly number[];
  readonly reply?: Shape;
};

export type OpenApiFacts = {
  /** By `GET api /Calls/{}`: behind the account where the host is api. */
  readonly operations: Readonly<Record<string, Operation>>;
  readonly schemas: Readonly<Record<string, Shape>>;
};

/** Made by script/twilio-openapi-facts. */
export const openApiFacts = JSON.parse(
  readFileSync(new URL('./openapi-facts.snapshot.json', import.meta.url), 'utf8'),
) as OpenApiFacts;
