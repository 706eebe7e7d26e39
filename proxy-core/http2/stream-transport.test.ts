/** Contract: a stream that its client has given up takes no answer any more, and throws at nobody. */
import { once } from 'node:events'
import { connect, constants, createServer, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { within } from '../../test/servers/eventually.ts'
import { requestHeadOf } from './request-head.ts'
import { StreamTransport } from './stream-transport.ts'

const ADDRESSES = { remoteAddress: '', remotePort: 0, localAddress: '', localPort: 0 }

/** A stream of a POST whose body goes on, at the server, and how its client resets it. */
async function upload(): Promise<{ stream: ServerHttp2Stream; reset: () => void }> {
  const server = createServer()
  onTestFinished(() => void server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(() => client.destroy())
  const sent = client.request({ ':method': 'POST' })
  sent.on('error', () => undefined)
  sent.write('some of it')
  const [stream] = (await once(server, 'stream')) as [ServerHttp2Stream]
  return { stream, reset: () => sent.close(constants.NGHTTP2_CANCEL) }
}

test('an answer that comes between the reset and the end of the stream is dropped', async () => {
  const { stream, reset } = await upload()
  const closed = Promise.withResolvers<undefined>()
  const owner = {
    bytesArrived: () => undefined,
    peerEnded: () => undefined,
    drained: () => undefined,
    closed: () => closed.resolve(undefined)
  }
  const request = requestHeadOf([':method', 'POST', ':path', '/', ':authority', 'a.test'], true)!
  const transport = new StreamTransport(owner, stream, request, ADDRESSES)
  transport.begin()
  transport.pause()
  const errors: unknown[] = []
  stream.once('aborted', () => {
    try {
      transport.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    } catch (error) {
      errors.push(error)
    }
  })
  reset()
  await within('the close', closed.promise)
  expect(errors).toEqual([])
})
