/** The channel in memory keeps the rules of the real ones. */
import { describe, expect, test } from 'vitest'
import { MAX_FRAME_BYTES } from './channel.ts'
import { memoryChannel } from './memory-channel.ts'

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('memoryChannel', () => {
  test('delivers copies, in order and not within the send', async () => {
    const [page, host] = memoryChannel()
    const received: unknown[] = []
    host.onFrame((frame) => received.push(frame))
    const frame = { id: 1 }
    page.send(frame)
    page.send({ id: 2 })
    frame.id = 99
    expect(received).toEqual([])
    await settled()
    expect(received).toEqual([{ id: 1 }, { id: 2 }])
  })

  test('keeps frames for a listener that comes later', async () => {
    const [page, host] = memoryChannel()
    page.send({ id: 1 })
    await settled()
    const received: unknown[] = []
    host.onFrame((frame) => received.push(frame))
    expect(received).toEqual([{ id: 1 }])
  })

  test('closes instead of keeping frames that nobody ever listens to', async () => {
    const [page, host] = memoryChannel()
    const reasons: string[] = []
    host.onClose((reason) => reasons.push(reason))
    for (let count = 0; count < 100; count++) page.send({ count })
    await settled()
    expect(reasons).toEqual(['Nobody listens at the other end.'])
  })

  test('tells the close once to either end, also to a listener that comes later', async () => {
    const [page, host] = memoryChannel()
    const reasons: string[] = []
    page.onClose((reason) => reasons.push(`page: ${reason}`))
    page.close('done')
    page.close('again')
    await settled()
    host.onClose((reason) => reasons.push(`host: ${reason}`))
    host.close('late')
    expect(reasons).toEqual(['page: done', 'host: done'])
  })

  test('sends nothing after the close', async () => {
    const [page, host] = memoryChannel()
    const received: unknown[] = []
    host.onFrame((frame) => received.push(frame))
    page.close('done')
    page.send({ id: 1 })
    await settled()
    expect(received).toEqual([])
  })

  test.each([
    ['ASCII', 'x', 1],
    ['two octets each', 'ä', 2],
    ['escaped', '\n', 2]
  ])('takes a frame of 1 MB and closes at one octet more (%s)', async (_what, letter, octets) => {
    const [page, host] = memoryChannel()
    const lengths: number[] = []
    const reasons: string[] = []
    host.onFrame((frame) => lengths.push((frame as string).length))
    page.onClose((reason) => reasons.push(reason))
    const most = letter.repeat((MAX_FRAME_BYTES - 2) / octets)
    page.send(most)
    await settled()
    expect({ lengths, reasons }).toEqual({ lengths: [most.length], reasons: [] })
    page.send(most + letter)
    expect(reasons).toEqual(['FRAME_TOO_LARGE: A message was longer than 1 MB.'])
  })

  test('takes no functions, as no real channel does', () => {
    const [page] = memoryChannel()
    expect(() => page.send({ run: () => {} })).toThrow()
  })
})
