/** The secret under which a store's ids are made, in a file of its own that never changes. */
import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { readWhole, replaceFile, systemCodeOf, type Disk } from './disk.ts'
import { ID_KEY_BYTES } from './entry-ids.ts'
import { ID_KEY_NAME } from './file-names.ts'

const PATTERN = /^([0-9a-f]{32}) ([0-9a-f]{8})\n$/

export interface IdKeyReading {
  readonly key: Buffer
  /** A new one was made although there was a file: ids given before are unknown now. */
  readonly isReplaced: boolean
}

/** Makes it where it is missing or damaged. Rejects with what the system says. */
export async function readIdKey(disk: Disk, directory: string): Promise<IdKeyReading> {
  const found = await contentOf(disk, directory)
  const [, hex = '', checksum] = PATTERN.exec(found ?? '') ?? []
  if (hex !== '' && checksumOf(hex) === checksum) {
    return { key: Buffer.from(hex, 'hex'), isReplaced: false }
  }
  const key = randomBytes(ID_KEY_BYTES)
  const text = key.toString('hex')
  await replaceFile(disk, directory, ID_KEY_NAME, [Buffer.from(`${text} ${checksumOf(text)}\n`)])
  return { key, isReplaced: found !== null }
}

async function contentOf(disk: Disk, directory: string): Promise<string | null> {
  try {
    return (await readWhole(disk, `${directory}/${ID_KEY_NAME}`)).toString('latin1')
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return null
    throw error
  }
}

function checksumOf(hex: string): string {
  return crc32(hex).toString(16).padStart(8, '0')
}
