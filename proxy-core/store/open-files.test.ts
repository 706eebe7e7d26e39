/** Contract: few files are open at once, none is closed while it is read, and all are in the end. */
import { expect, test } from 'vitest'
import type { Disk, DiskFile } from './disk.ts'
import { OpenFiles } from './open-files.ts'

interface Counted {
  readonly files: OpenFiles
  readonly open: ReadonlySet<string>
  readonly opened: string[]
}

function counted(): Counted {
  const open = new Set<string>()
  const opened: string[] = []
  const disk = {
    open: (path: string) => {
      if (path === 'missing') return Promise.reject(new Error('ENOENT'))
      opened.push(path)
      open.add(path)
      const close = (): Promise<void> => Promise.resolve(void open.delete(path))
      return Promise.resolve({ close } as DiskFile)
    }
  } as Pick<Disk, 'open'> as Disk
  return { files: new OpenFiles(disk), open, opened }
}

const nothing = (): Promise<void> => Promise.resolve()

test('a file that is used again is not opened again', async () => {
  const { files, opened } = counted()
  for (let turn = 0; turn < 3; turn++) await files.use('a', nothing)
  expect(opened).toEqual(['a'])
})

test('at most 32 stay open, and those that were used last', async () => {
  const { files, open } = counted()
  for (let number = 0; number < 40; number++) {
    await files.use(`file ${number}`, nothing)
    await files.use('file 0', nothing)
  }
  expect(open.size).toBe(32)
  expect(open.has('file 0')).toBe(true)
  expect(open.has('file 5')).toBe(false)
  await files.close()
  expect(open.size).toBe(0)
})

test('a file that is forgotten or pushed out while it is read is closed afterwards', async () => {
  const { files, open } = counted()
  let finish = (): void => {}
  const reading = files.use('a', () => new Promise<void>((resolve) => (finish = resolve)))
  await files.use('b', nothing)
  files.forget('a')
  for (let number = 0; number < 40; number++) await files.use(`file ${number}`, nothing)
  expect(open.has('a')).toBe(true)
  finish()
  await reading
  expect(open.has('a')).toBe(false)
})

test('one that could not be opened or read is opened anew', async () => {
  const { files, open, opened } = counted()
  await expect(files.use('missing', nothing)).rejects.toThrow('ENOENT')
  await expect(files.use('missing', nothing)).rejects.toThrow('ENOENT')
  await expect(files.use('a', () => Promise.reject(new Error('EIO')))).rejects.toThrow('EIO')
  expect(open.size).toBe(0)
  await files.use('a', nothing)
  expect(opened).toEqual(['a', 'a'])
})
