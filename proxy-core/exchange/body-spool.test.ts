/** Contract: what was kept comes back octet by octet, from memory and from a file without a name. */
import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../test/servers/eventually.ts'
import { interceptDisk } from './testing/intercepted-disk.ts'
import { BodySpool, type SpoolLimits } from './body-spool.ts'

function spoolOf(limits: Partial<SpoolLimits>, drained = (): void => undefined): BodySpool {
  const spool = new BodySpool({ memoryBytes: 1000, limitBytes: 100_000_000, ...limits }, drained)
  onTestFinished(() => spool.release())
  return spool
}

async function contentOf(spool: BodySpool): Promise<Buffer> {
  const pieces: Buffer[] = []
  let offset = 0
  for (let piece = await spool.read(0); piece !== null; piece = await spool.read(offset)) {
    offset += piece.length
    pieces.push(Buffer.from(piece))
  }
  return Buffer.concat(pieces)
}

test('pieces of any size, in memory and beyond it, come back as they went in', async () => {
  const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 700 }), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(pieces, fc.nat(3000), async (parts, memoryBytes) => {
      const spool = new BodySpool({ memoryBytes, limitBytes: 1e6 }, () => undefined)
      for (const part of parts) expect(spool.append(Buffer.from(part))).toBe(true)
      const whole = Buffer.concat(parts.map((part) => Buffer.from(part)))
      expect((await contentOf(spool)).equals(whole)).toBe(true)
      expect((await contentOf(spool)).equals(whole)).toBe(true)
      spool.release()
    }),
    { numRuns: 60 }
  )
})

test('the buffer that was appended may be used again at once', async () => {
  const spool = spoolOf({ memoryBytes: 4 })
  const shared = Buffer.from('abcd')
  spool.append(shared)
  spool.append(shared.fill('x'))
  shared.fill('y')
  expect((await contentOf(spool)).toString()).toBe('abcdxxxx')
})

test('over the limit nothing more is taken', () => {
  const spool = spoolOf({ limitBytes: 10 })
  expect(spool.append(Buffer.alloc(10))).toBe(true)
  expect(spool.append(Buffer.alloc(1))).toBe(false)
})

test('it asks for a pause while the disk is behind, and says when it is over', async () => {
  let drained = 0
  const spool = spoolOf({ memoryBytes: 0 }, () => drained++)
  for (let n = 0; n < 20; n++) spool.append(Buffer.alloc(100_000, n))
  expect(spool.isBlocked).toBe(true)
  await eventually('the disk', () => !spool.isBlocked)
  expect(drained).toBe(1)
  expect((await contentOf(spool)).length).toBe(2_000_000)
})

test('its file has no name', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spool-test-'))
  const spool = spoolOf({ memoryBytes: 0, folder })
  spool.append(Buffer.from('secret'))
  expect((await contentOf(spool)).toString()).toBe('secret')
  expect(readdirSync(folder)).toEqual([])
})

test('a disk that refuses costs the copy, nothing else', async () => {
  let drained = 0
  const spool = spoolOf({ memoryBytes: 0, folder: '/nowhere/at/all' }, () => drained++)
  expect(spool.append(Buffer.alloc(2_000_000))).toBe(true)
  await eventually('the failure', () => drained === 1)
  expect(spool.append(Buffer.from('more'))).toBe(false)
  await expect(spool.read(0)).rejects.toThrow('could not be kept')
})

test('a disk that takes only a part of a write has failed', async () => {
  await interceptDisk(async (pieces, write) => {
    const whole = Buffer.concat(pieces)
    return write([whole.subarray(0, whole.length - 1)])
  })
  let drained = 0
  const spool = spoolOf({ memoryBytes: 0 }, () => drained++)
  expect(spool.append(Buffer.from('some octets'))).toBe(true)
  await eventually('the failure', () => drained === 1)
  expect(spool.append(Buffer.from('more'))).toBe(false)
  await expect(spool.read(0)).rejects.toThrow('could not be kept')
})
