import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** 128 bits: whoever knows the secret of a guest's cart may use it. */
const SECRET_BYTES = 16;
/** The length of 128 bits in base64url. */
const ID_LENGTH = 22;
const guestCartId = /^guest-([A-Za-z0-9_-]{22})$/;

/** A new id of a user's cart, in the API and everywhere else: who the user is says the token. */
export function newUserCartId(): string {
  return `cart-${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/** A new id of a guest's cart for the API alone: it holds the secret that grants access. */
export function newGuestCartId(): string {
  return `guest-${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/** The id under which a cart is stored and published. The secret of a guest's cart cannot be derived from it. */
export function publicIdOf(cartId: string): string {
  const secret = guestCartId.exec(cartId)?.[1];
  if (secret === undefined) return cartId;
  return `cart-${createHash('sha256').update(secret).digest('base64url').slice(0, ID_LENGTH)}`;
}

/** Whether an id of the API holds the secret of a guest's cart. */
export function holdsSecret(cartId: string): boolean {
  return guestCartId.test(cartId);
}

const CIPHER = 'aes-256-gcm';
const SALT_BYTES = 16;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * An id of the API, sealed (AES-256-GCM) by an Idempotency-Key, so that it can be stored for the replay of the response.
 * The key itself is stored nowhere: who reads the table must guess it, which is as hard as the key is random.
 */
export function sealCartId(cartId: string, idempotencyKey: string): string {
  const salt = randomBytes(SALT_BYTES);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(idempotencyKey, salt), iv);
  const sealed = Buffer.concat([cipher.update(cartId, 'utf8'), cipher.final()]);
  return Buffer.concat([salt, iv, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** Opens what `sealCartId` sealed by the same key; throws for any other one. */
export function openCartId(sealedId: string, idempotencyKey: string): string {
  const bytes = Buffer.from(sealedId, 'base64url');
  let start = 0;
  const take = (length: number) => bytes.subarray(start, (start += length));
  const [salt, iv, tag] = [take(SALT_BYTES), take(IV_BYTES), take(TAG_BYTES)];
  const decipher = createDecipheriv(CIPHER, keyOf(idempotencyKey, salt), iv, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(bytes.subarray(start)), decipher.final()]).toString('utf8');
}

function keyOf(idempotencyKey: string, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', idempotencyKey, salt, "the id of a guest's cart", 32));
}
