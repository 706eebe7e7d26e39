/** `secrets.json`: sealed secrets by name, each with the way in which it was sealed. Mode 0600. */
import { randomBytes } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { z } from 'zod'
import { stateUnusable } from '../../engine-host/state-directory.ts'

const sealedSchema = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('system'), data: z.string() }),
  z.strictObject({
    by: z.literal('passphrase'),
    nonce: z.string(),
    tag: z.string(),
    data: z.string()
  })
])

/** How the passphrase becomes the key. */
const keySchema = z.strictObject({
  /** Base64. */
  salt: z.string(),
  /** scrypt's N; kept, so that it can be raised for new files. */
  cost: z
    .int()
    .min(2)
    .max(2 ** 20)
    .refine((cost) => Number.isInteger(Math.log2(cost)), 'scrypt takes powers of two only'),
  /** A known text under the key: tells a wrong passphrase before anything is done with it. */
  check: sealedSchema
})

const documentSchema = z.strictObject({
  version: z.literal(1),
  /** null until a passphrase was used. */
  key: keySchema.nullable(),
  secrets: z.record(z.string(), sealedSchema)
})

export type Sealed = Readonly<z.infer<typeof sealedSchema>>
export type SecretDocument = Readonly<z.infer<typeof documentSchema>>

const EMPTY: SecretDocument = { version: 1, key: null, secrets: {} }

export class SecretFile {
  readonly path: string
  #document: SecretDocument
  /** Writes go one after the other, so that none undoes another. */
  #writing: Promise<unknown> = Promise.resolve()

  private constructor(path: string, document: SecretDocument) {
    this.path = path
    this.#document = document
  }

  /** Rejects with STATE_UNUSABLE when the file cannot be read or understood; it stays as it is. */
  static async open(path: string): Promise<SecretFile> {
    return new SecretFile(path, await documentOf(path))
  }

  get document(): SecretDocument {
    return this.#document
  }

  /** The file has the new document, or still the old one. Rejects with STATE_UNUSABLE. */
  change(next: (document: SecretDocument) => SecretDocument): Promise<void> {
    const write = async (): Promise<void> => {
      const document = next(this.#document)
      await replace(this.path, `${JSON.stringify(document, null, 2)}\n`)
      this.#document = document
    }
    const result = this.#writing.then(write)
    this.#writing = result.catch(() => undefined)
    return result
  }
}

async function documentOf(path: string): Promise<SecretDocument> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return EMPTY
    throw stateUnusable(path, 'read', error)
  }
  try {
    return documentSchema.parse(JSON.parse(text))
  } catch {
    // The reason may quote the file: it must not get into a log.
    throw stateUnusable(path, 'understood', 'it is not a file of secrets of this version')
  }
}

/** On the disk before the rename: a power cut leaves the old file or the new one. */
async function replace(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw stateUnusable(path, 'written', error)
  }
}
