/**
 * Where secrets are kept, best first: the system's vault, a file under a passphrase, memory. It
 * never silently takes a worse one: what was stored with a better one stays locked until that
 * one is back.
 */
import type { SecretStoreFacts } from '../../../preload/contract/preferences.ts'

export interface SecretStore extends SecretStoreFacts {
  /** Of what `delete` would forget, in alphabetical order; also of what is locked. */
  readonly names: readonly string[]
  /** null: there is no such secret. Rejects with SECRET_STORE_LOCKED, STATE_UNUSABLE. */
  get(name: string): Promise<string | null>
  /** Rejects with SECRET_STORE_LOCKED, STATE_UNUSABLE; then nothing has changed. */
  set(name: string, value: string): Promise<void>
  /** Also a secret that is locked: to forget it needs no key. Nothing happens without one. */
  delete(name: string): Promise<void>
}

/** Encryption with a key that the operating system keeps; Electron's safeStorage is one. */
export interface SystemVault {
  /** In plain words: "GNOME keyring". */
  readonly description: string
  /** False where it would not protect anything, such as Chromium's `basic_text`. */
  isAvailable(): Promise<boolean>
  /** Base64. */
  encrypt(plain: string): Promise<string>
  decrypt(sealed: string): Promise<{ readonly plain: string; readonly shouldReEncrypt: boolean }>
}
