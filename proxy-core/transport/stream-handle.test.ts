/** Contract: libuv's handles are driven directly only where they are of the known kind. */
import { connect, createServer, type AddressInfo } from 'node:net'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import type * as streamHandle from './stream-handle.ts'

const SWITCH = 'SWITCHYARD_PUBLIC_SOCKETS'

async function freshModule(): Promise<typeof streamHandle> {
  vi.resetModules()
  return import('./stream-handle.ts')
}

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

test('this Node.js offers what is needed, and its TCP handles are recognised', async () => {
  const { STREAM_INTERNALS, isStreamHandle } = await freshModule()
  expect(STREAM_INTERNALS).not.toBeNull()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  onTestFinished(() => {
    socket.destroy()
    server.close()
  })
  await new Promise((resolve) => socket.once('connect', resolve))
  expect(isStreamHandle((socket as unknown as { _handle: unknown })._handle)).toBe(true)
  for (const stranger of [null, undefined, {}, { onread: 1 }, 'handle']) {
    expect(isStreamHandle(stranger)).toBe(false)
  }
})

test('the operator can switch to the public interface, and then no handle is recognised', async () => {
  vi.stubEnv(SWITCH, '1')
  const { STREAM_INTERNALS, isStreamHandle } = await freshModule()
  expect(STREAM_INTERNALS).toBeNull()
  const method = (): number => 0
  expect(isStreamHandle({ onread: method, writeLatin1String: method, writeBuffer: method })).toBe(
    false
  )
})

test.each([
  ['is gone', () => ({})],
  ['has moved its results', () => ({ WriteWrap: class {}, streamBaseState: [] })],
  [
    'keeps them elsewhere in the array',
    () => ({
      WriteWrap: class {},
      streamBaseState: new Int32Array(2),
      kReadBytesOrError: 0,
      kLastWriteWasAsync: 2
    })
  ],
  [
    'is forbidden',
    () => {
      throw new Error('No such binding')
    }
  ]
])('where the binding %s the public interface serves', async (_case, answer) => {
  const bindings = process as unknown as { binding: (name: string) => unknown }
  vi.spyOn(bindings, 'binding').mockImplementation(answer)
  expect((await freshModule()).STREAM_INTERNALS).toBeNull()
})

test('a failed write is reported as Node.js reports it', async () => {
  const { writeError } = await freshModule()
  expect(writeError(-32)).toMatchObject({ code: 'EPIPE', errno: -32, syscall: 'write' })
})
