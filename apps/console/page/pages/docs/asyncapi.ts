/** The parts of a JSON schema that the events' document uses. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

interface Ref {
  readonly $ref: string;
}

interface MessageObject {
  readonly name: string;
  readonly summary?: string;
  readonly description?: string;
  readonly payload: Schema;
  readonly examples?: readonly { readonly payload: unknown }[];
}

interface Operation {
  readonly action: 'send' | 'receive';
  readonly channel: Ref;
  readonly summary?: string;
  readonly messages: readonly Ref[];
}

/** The parts of an AsyncAPI 3 document that the page shows. */
export interface AsyncApi {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly channels: Readonly<
    Record<
      string,
      {
        readonly address: string;
        readonly description?: string;
        readonly messages: Readonly<Record<string, Ref>>;
      }
    >
  >;
  readonly operations: Readonly<Record<string, Operation>>;
  readonly components: { readonly messages: Readonly<Record<string, MessageObject>> };
}

/** A channel: who publishes on it, who receives, and what. */
export interface Channel {
  readonly address: string;
  readonly description: string | undefined;
  readonly publishers: readonly string[];
  readonly receivers: readonly string[];
  readonly messages: readonly Message[];
}

/** A message as the page shows it. */
export interface Message {
  readonly name: string;
  readonly description: string | undefined;
  readonly receivers: readonly string[];
  readonly fields: readonly Field[];
  /** As JSON. */
  readonly example: string | undefined;
}

/** A row of a payload's table. */
export interface Field {
  /** The way to it: `items[].qty` is the `qty` of each of the `items`. */
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string | undefined;
}

/** The channels of a document, each with its messages. */
export function channelsOf(document: AsyncApi): readonly Channel[] {
  const operations = Object.values(document.operations);
  return Object.entries(document.channels).map(([id, { address, description, messages }]) => {
    const here = operations.filter(({ channel }) => lastOf(channel) === id);
    const says = (action: Operation['action'], of = here) =>
      of.filter((it) => it.action === action).flatMap(({ summary }) => summary ?? []);
    return {
      address,
      description,
      publishers: says('send'),
      receivers: says('receive'),
      messages: Object.entries(messages).flatMap(([name, ref]) => {
        const message = document.components.messages[lastOf(ref)];
        const named = here.filter((it) => it.messages.some((it) => lastOf(it) === name));
        return message ? [messageOf(message, says('receive', named))] : [];
      }),
    };
  });
}

function messageOf(message: MessageObject, receivers: readonly string[]): Message {
  const { name, summary, description, payload, examples } = message;
  const [example] = examples ?? [];
  return {
    name,
    description: [summary, description ?? payload.description].filter(Boolean).join(' ') || undefined,
    receivers,
    fields: fieldsOf(payload),
    example: example && JSON.stringify(example.payload, undefined, 2),
  };
}

/** The fields of an object, those of the objects inside of it below their own. */
export function fieldsOf(schema: Schema, path = ''): readonly Field[] {
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties).flatMap(([key, field]) => {
    const name = path + key;
    const inside = field.items ? fieldsOf(field.items, `${name}[].`) : fieldsOf(field, `${name}.`);
    const { description } = field;
    return [{ name, type: typeOf(field), isRequired: required.includes(key), description }, ...inside];
  });
}

/** A schema's type in words. */
export function typeOf(schema: Schema): string {
  const { type, format, items, anyOf, minimum } = schema;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((it) => JSON.stringify(it)).join(' or ');
  if (anyOf) return anyOf.map(typeOf).join(' or ');
  if (items) return `list of ${typeOf(items)}s`;
  const name = typeof type === 'string' ? type : (type?.join(' or ') ?? 'anything');
  if (minimum !== undefined && minimum >= 0) return `${name}, ${minimum} or more`;
  return format === undefined ? name : `${name}, ${format}`;
}

function lastOf({ $ref }: Ref): string {
  return $ref.split('/').at(-1) ?? '';
}
