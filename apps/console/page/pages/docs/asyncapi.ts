/** Subset of JSON Schema that the AsyncAPI document uses. */
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

/** Subset of an AsyncAPI 3 document that the page shows. */
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

/** Channel with its publishers, receivers and messages. */
export interface Channel {
  readonly address: string;
  readonly description: string | undefined;
  readonly publishers: readonly string[];
  readonly receivers: readonly string[];
  readonly messages: readonly Message[];
}

/** Message of a channel. */
export interface Message {
  readonly name: string;
  readonly description: string | undefined;
  readonly receivers: readonly string[];
  readonly fields: readonly Field[];
  /** Example payload as JSON. */
  readonly example: string | undefined;
}

/** Row of a payload table. */
export interface Field {
  /** Path of the field: `items[].qty` is the `qty` of each of the `items`. */
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string | undefined;
}

/** Channels of a document with their messages. */
export function channelsOf(document: AsyncApi): readonly Channel[] {
  const operations = Object.values(document.operations);
  return Object.entries(document.channels).map(([id, { address, description, messages }]) => {
    const ownOperations = operations.filter(({ channel }) => lastSegment(channel) === id);
    const summaries = (action: Operation['action'], from = ownOperations) =>
      from.filter((operation) => operation.action === action).flatMap(({ summary }) => summary ?? []);
    return {
      address,
      description,
      publishers: summaries('send'),
      receivers: summaries('receive'),
      messages: Object.entries(messages).flatMap(([name, ref]) => {
        const message = document.components.messages[lastSegment(ref)];
        const related = ownOperations.filter(({ messages }) =>
          messages.some((ref) => lastSegment(ref) === name),
        );
        return message ? [messageOf(message, summaries('receive', related))] : [];
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

/** Fields of an object schema, nested fields after their parent. */
export function fieldsOf(schema: Schema, path = ''): readonly Field[] {
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties).flatMap(([key, field]) => {
    const name = path + key;
    const inside = field.items ? fieldsOf(field.items, `${name}[].`) : fieldsOf(field, `${name}.`);
    const { description } = field;
    return [{ name, type: typeOf(field), isRequired: required.includes(key), description }, ...inside];
  });
}

/** Type of a schema as text. */
export function typeOf(schema: Schema): string {
  const { type, format, items, anyOf, minimum } = schema;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  if (anyOf) return anyOf.map(typeOf).join(' or ');
  if (items) return `list of ${typeOf(items)}s`;
  const name = typeof type === 'string' ? type : (type?.join(' or ') ?? 'anything');
  if (minimum !== undefined && minimum >= 0) return `${name}, ${minimum} or more`;
  return format === undefined ? name : `${name}, ${format}`;
}

function lastSegment({ $ref }: Ref): string {
  return $ref.split('/').at(-1) ?? '';
}
