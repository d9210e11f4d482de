import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** 128 bits: the secret of a guest's cart grants access to it. */
const SECRET_BYTES = 16;
/** Length of 128 bits in base64url. */
const ID_LENGTH = 22;
const GUEST_CART_ID = /^guest-([A-Za-z0-9_-]{22})$/;

/** Creates the id of a user's cart, which is public: the user's token grants access. */
export function newUserCartId(): string {
  return `cart-${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/** Creates the API id of a guest's cart, which contains the secret that grants access. */
export function newGuestCartId(): string {
  return `guest-${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/** The public id of a cart, which is stored and published. The secret of a guest's cart cannot be derived from it. */
export function publicIdOf(cartId: string): string {
  const secret = GUEST_CART_ID.exec(cartId)?.[1];
  if (secret === undefined) return cartId;
  return `cart-${createHash('sha256').update(secret).digest('base64url').slice(0, ID_LENGTH)}`;
}

/** Whether an id is the API id of a guest's cart, which contains a secret. */
export function isGuestCartId(cartId: string): boolean {
  return GUEST_CART_ID.test(cartId);
}

const CIPHER = 'aes-256-gcm';
const SALT_BYTES = 16;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts an API id with a key derived from an Idempotency-Key (AES-256-GCM), so that it can be stored with the response
 * for replays. The Idempotency-Key is not stored: a reader of the table would have to guess it.
 */
export function sealCartId(cartId: string, idempotencyKey: string): string {
  const salt = randomBytes(SALT_BYTES);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(idempotencyKey, salt), iv);
  const sealed = Buffer.concat([cipher.update(cartId, 'utf8'), cipher.final()]);
  return Buffer.concat([salt, iv, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** Decrypts an id that `sealCartId` encrypted with the same key. Throws for another key. */
export function openCartId(sealedId: string, idempotencyKey: string): string {
  const bytes = Buffer.from(sealedId, 'base64url');
  let start = 0;
  const nextBytes = (length: number) => bytes.subarray(start, (start += length));
  const [salt, iv, tag] = [nextBytes(SALT_BYTES), nextBytes(IV_BYTES), nextBytes(TAG_BYTES)];
  const decipher = createDecipheriv(CIPHER, keyOf(idempotencyKey, salt), iv, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(bytes.subarray(start)), decipher.final()]).toString('utf8');
}

function keyOf(idempotencyKey: string, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', idempotencyKey, salt, "the id of a guest's cart", 32));
}
