import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** 128 bits: the secret of a guest's cart grants access to it. */
const SECRET_BYTES = 16;
/** Milliseconds since the epoch, until the year 10889. */
const TIME_BYTES = 6;
/** 40 bits: one in 10^12 of the ids that are made up or modified passes, and names an empty cart. */
const CHECKSUM_BYTES = 5;
/** Length of 128 bits in base64url. */
const ID_LENGTH = 22;
/** The first form has a secret only: until version 0.2 every guest's cart was stored when it was opened. */
const GUEST_CART_ID = /^guest-([A-Za-z0-9_-]{22}|[A-Za-z0-9_-]{36})$/;

/** Creates the id of a user's cart, which is public: the user's token grants access. */
export function newUserCartId(): string {
  return `cart-${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/**
 * Creates the API id of a guest's cart. It contains the secret that grants access, the time in milliseconds since the
 * epoch, so that an empty cart need not be stored, and a checksum.
 */
export function newGuestCartId(openedAtMs: number): string {
  const content = Buffer.alloc(SECRET_BYTES + TIME_BYTES);
  randomBytes(SECRET_BYTES).copy(content);
  content.writeUIntBE(openedAtMs, SECRET_BYTES, TIME_BYTES);
  return `guest-${Buffer.concat([content, checksumOf(content)]).toString('base64url')}`;
}

/** The time at which a guest's cart was opened, in milliseconds since the epoch; undefined for an id without one. */
export function openedAtOf(cartId: string): number | undefined {
  const content = timedContentOf(cartId);
  return content?.readUIntBE(SECRET_BYTES, TIME_BYTES);
}

/** Secret and time of an id that has both; undefined for other ids, and if the checksum is wrong. */
function timedContentOf(cartId: string): Buffer | undefined {
  const bytes = Buffer.from(GUEST_CART_ID.exec(cartId)?.[1] ?? '', 'base64url');
  const content = bytes.subarray(0, SECRET_BYTES + TIME_BYTES);
  return checksumOf(content).equals(bytes.subarray(content.length)) ? content : undefined;
}

function checksumOf(content: Buffer): Buffer {
  return createHash('sha256').update("a guest's cart").update(content).digest().subarray(0, CHECKSUM_BYTES);
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
