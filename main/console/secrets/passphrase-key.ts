/**
 * Seals with a key made of a passphrase: scrypt (RFC 7914, N = 2^17, r = 8, p = 1: about 128 MiB
 * and half a second per guess), then AES-256-GCM with a random nonce for each secret. The name of
 * the secret is authenticated too, so that two sealed values cannot change places.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import type { Sealed } from './secret-file.ts'

export const KEY_COST = 2 ** 17
const BLOCK_SIZE = 8
const KEY_BYTES = 32
const SALT_BYTES = 16
const NONCE_BYTES = 12

export type PassphraseSealed = Extract<Sealed, { by: 'passphrase' }>

export function newSalt(): string {
  return randomBytes(SALT_BYTES).toString('base64')
}

export class PassphraseKey {
  readonly #key: Buffer

  private constructor(key: Buffer) {
    this.#key = key
  }

  /** `salt`: base64; `cost`: scrypt's N. Off the event loop. */
  static derive(passphrase: string, salt: string, cost: number): Promise<PassphraseKey> {
    // Node refuses more than 32 MiB unless told; scrypt needs 128 · N · r and a little.
    const maxmem = 160 * cost * BLOCK_SIZE
    const options = { N: cost, r: BLOCK_SIZE, p: 1, maxmem }
    return new Promise((resolve, reject) => {
      const bytes = Buffer.from(salt, 'base64')
      scrypt(passphrase.normalize('NFC'), bytes, KEY_BYTES, options, (error, key) => {
        if (error) reject(error)
        else resolve(new PassphraseKey(key))
      })
    })
  }

  seal(name: string, plain: string): PassphraseSealed {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce)
    cipher.setAAD(Buffer.from(name))
    const data = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
    return {
      by: 'passphrase',
      nonce: nonce.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
      data: data.toString('base64')
    }
  }

  /** null: another key, another name, or a value that was changed. */
  open(name: string, { nonce, tag, data }: PassphraseSealed): string | null {
    try {
      const nonceBytes = Buffer.from(nonce, 'base64')
      const decipher = createDecipheriv('aes-256-gcm', this.#key, nonceBytes, { authTagLength: 16 })
      decipher.setAAD(Buffer.from(name))
      decipher.setAuthTag(Buffer.from(tag, 'base64'))
      const bytes = [decipher.update(Buffer.from(data, 'base64')), decipher.final()]
      return Buffer.concat(bytes).toString('utf8')
    } catch {
      // OpenSSL says no more than that it does not fit.
      return null
    }
  }
}
