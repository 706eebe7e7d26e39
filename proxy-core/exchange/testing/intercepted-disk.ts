/** A disk that is slow, full or fills up: what happens to writes of this process is the test's to say. */
import { open, type FileHandle } from 'node:fs/promises'
import { onTestFinished } from 'vitest'

type Write = (pieces: readonly Buffer[]) => Promise<{ readonly bytesWritten: number }>

/** Until the test ends `take` stands in for `FileHandle.writev`; `write` is the real one. */
export async function interceptDisk(
  take: (pieces: readonly Buffer[], write: Write) => ReturnType<Write>
): Promise<void> {
  const prototype = await handlePrototype()
  const { writev } = prototype
  prototype.writev = async function (this: FileHandle, pieces, position) {
    const write: Write = (some) => writev.call(this, some, position)
    const { bytesWritten } = await take(pieces as unknown as readonly Buffer[], write)
    return { bytesWritten, buffers: pieces }
  }
  onTestFinished(() => void (prototype.writev = writev))
}

/** The class has no name that could be imported. */
async function handlePrototype(): Promise<FileHandle> {
  const handle = await open(process.execPath)
  try {
    return Object.getPrototypeOf(handle) as FileHandle
  } finally {
    await handle.close()
  }
}
