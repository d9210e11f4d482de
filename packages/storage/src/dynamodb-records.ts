import { stateOf } from './dynamodb-items.ts';
import { type Attributes, fieldsOf } from './dynamodb-values.ts';
import { partsOf } from './pk.ts';
import type { Change, Image } from './table.ts';

/** A record of a table's stream, in the formats of GetRecords and of a Lambda event. */
export interface StreamRecord {
  readonly eventName?: string | undefined;
  readonly userIdentity?:
    | { readonly PrincipalId?: string | undefined; readonly principalId?: string | undefined }
    | undefined;
  readonly dynamodb?:
    | {
        readonly SequenceNumber?: string | undefined;
        readonly NewImage?: Attributes | undefined;
        readonly OldImage?: Attributes | undefined;
      }
    | undefined;
}

const TTL_PRINCIPAL = 'dynamodb.amazonaws.com';

/**
 * The change of a stream record; its `id` is the sequence number. Undefined for a record that has no events and is not an
 * expiry. Throws for a record without images or sequence number, and for an expired item whose state cannot be read.
 */
export function changeOfRecord({ eventName, userIdentity, dynamodb }: StreamRecord): Change | undefined {
  const { NewImage, OldImage, SequenceNumber } = dynamodb ?? {};
  const item = NewImage ?? OldImage;
  if (!item || !SequenceNumber) throw new Error('A stream record without image or sequence number');
  const principal = userIdentity?.PrincipalId ?? userIdentity?.principalId;
  const expired = eventName === 'REMOVE' && principal === TTL_PRINCIPAL;
  // A copy has its state converted, so that an unreadable one is noticed here, where its record is parked.
  const before = OldImage && (expired ? { ...imageOf(OldImage) } : imageOf(OldImage));
  const after = NewImage && imageOf(NewImage);
  if (!expired && !after?.events.length) return undefined;

  return {
    id: SequenceNumber,
    ...partsOf(String(item['pk']?.S)),
    ...(before ? { before } : {}),
    ...(after ? { after } : {}),
    expired,
  };
}

function imageOf(item: Attributes): Image {
  const { version, events, traceparent } = item;
  return {
    version: Number(version?.N),
    /** Converted when it is needed: a relay needs the state of expired items only. */
    get state() {
      return stateOf(item);
    },
    events: events ? (fieldsOf({ events })['events'] as Image['events']) : [],
    ...(traceparent?.S === undefined ? {} : { traceparent: traceparent.S }),
  };
}
