/** The disk's own limit: a loop that only appends and fdatasyncs, in the groups that it is given. */
import { open, rm } from 'node:fs/promises'

export interface Groups {
  readonly count: number
  /** Of all of them together. */
  readonly bytes: number
}

/** Groups per second. The file is removed afterwards. */
export async function diskLoop(file: string, { count, bytes }: Groups): Promise<number> {
  const each = Buffer.alloc(Math.ceil(bytes / count), 'x')
  const handle = await open(file, 'wx')
  const startedMs = performance.now()
  for (let written = 0; written < count; written++) {
    await handle.write(each, 0, each.length, written * each.length)
    await handle.datasync()
  }
  const seconds = (performance.now() - startedMs) / 1000
  await handle.close()
  await rm(file)
  return count / seconds
}
