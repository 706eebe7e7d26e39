/** The page's end of the desktop window's port: frames in order, a limit, and an end told once. */
import { describe, expect, test } from 'vitest'
import type { Channel } from '../../preload/contract/channel.ts'
import { messagePortChannel } from './message-port-channel.ts'

function opened(): { channel: Channel; host: MessagePort; reasons: string[]; frames: unknown[] } {
  const { port1: host, port2: page } = new MessageChannel()
  const channel = messagePortChannel(page)
  const reasons: string[] = []
  const frames: unknown[] = []
  channel.onClose((reason) => reasons.push(reason))
  channel.onFrame((frame) => frames.push(frame))
  return { channel, host, reasons, frames }
}

async function next(port: MessagePort): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  port.addEventListener('message', ({ data }) => resolve(data), { once: true })
  port.start()
  return promise
}

describe('messagePortChannel', () => {
  test('passes frames on in both directions', async () => {
    const { channel, host, frames } = opened()
    channel.send({ t: 'hello' })
    expect(await next(host)).toEqual({ t: 'hello' })
    host.postMessage({ t: 'ok' })
    await expect.poll(() => frames).toEqual([{ t: 'ok' }])
    channel.close('done')
  })

  test('sends what a port cannot clone as plain data', async () => {
    const { channel, host } = opened()
    const live = new Proxy({ a: [1] }, {})
    channel.send({ live })
    expect(await next(host)).toEqual({ live: { a: [1] } })
    channel.close('done')
  })

  test('closes instead of sending a frame that is too long', () => {
    const { channel, reasons } = opened()
    channel.send({ text: 'x'.repeat(1024 * 1024) })
    expect(reasons).toEqual([expect.stringContaining('FRAME_TOO_LARGE')])
  })

  test('tells once that the host has gone, and sends nothing after its end', async () => {
    const { channel, host, reasons } = opened()
    host.close()
    await expect.poll(() => reasons).toEqual(['The console host has gone.'])
    channel.close('done')
    channel.send({ t: 'hello' })
    expect(reasons).toHaveLength(1)
  })
})
