import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { partsOf } from './pk.ts';
import type { Change, Image } from './table.ts';

type Attributes = Record<string, AttributeValue>;

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
 * expiry. Throws for a record without images or sequence number.
 */
export function changeOfRecord({ eventName, userIdentity, dynamodb }: StreamRecord): Change | undefined {
  const { NewImage, OldImage, SequenceNumber } = dynamodb ?? {};
  const item = NewImage ?? OldImage;
  if (!item || !SequenceNumber) throw new Error('A stream record without image or sequence number');
  const principal = userIdentity?.PrincipalId ?? userIdentity?.principalId;
  const expired = eventName === 'REMOVE' && principal === TTL_PRINCIPAL;
  const before = OldImage && imageOf(OldImage);
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

function imageOf(attributes: Attributes): Image {
  const { version, state, events, traceparent } = unmarshall(attributes) as Image;
  return { version, state, events, ...(traceparent === undefined ? {} : { traceparent }) };
}
