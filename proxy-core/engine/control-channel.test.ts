/** Contract: only messages that fit the schema get through, whatever the transport. */
import { fork } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { temporaryFolder } from '../../test/servers/temporary-folder.ts'
import { eventually } from '../../test/servers/eventually.ts'
import { ControlChannel, type ControlPort } from './control-channel.ts'
import { ipcPort, memoryPorts, utilityPort } from './control-port.ts'

const schema = z.strictObject({ kind: z.literal('ping'), id: z.int() })
type Ping = z.infer<typeof schema>

function channelOn(port: ControlPort) {
  const handlers = { onMessage: vi.fn(), onViolation: vi.fn(), onClose: vi.fn() }
  return { channel: new ControlChannel<Ping, Ping>(port, schema, handlers), ...handlers }
}

test('a message that fits arrives, one that does not is reported and dropped', async () => {
  const [left, right] = memoryPorts()
  const { onMessage, onViolation } = channelOn(right)
  left.postMessage({ kind: 'ping', id: 1 })
  left.postMessage({ kind: 'ping', id: 'one' })
  left.postMessage(null)
  left.postMessage({ kind: 'ping', id: 2 })
  await eventually('the last message', () => onMessage.mock.calls.length === 2)
  expect(onMessage.mock.calls).toEqual([[{ kind: 'ping', id: 1 }], [{ kind: 'ping', id: 2 }]])
  expect(onViolation).toHaveBeenCalledTimes(2)
  const [error] = onViolation.mock.calls[0]!
  expect(error).toMatchObject({ code: 'PROTOCOL_VIOLATION' })
  expect(error.message).toMatch(/kind "ping" was dropped at id/)
})

test('a violation names the place and never the content', async () => {
  const [left, right] = memoryPorts()
  const { onViolation } = channelOn(right)
  left.postMessage({ kind: 'ping', id: 'the-admin-token' })
  await eventually('a violation', () => onViolation.mock.calls.length === 1)
  expect(JSON.stringify(onViolation.mock.calls[0])).not.toContain('the-admin-token')
})

test('the close of one side is told to the other once, after what was sent before it', async () => {
  const [left, right] = memoryPorts()
  const near = channelOn(left)
  const far = channelOn(right)
  near.channel.send({ kind: 'ping', id: 1 })
  near.channel.close()
  near.channel.close()
  await eventually('the close', () => far.onClose.mock.calls.length > 0)
  expect(far.onMessage).toHaveBeenCalledTimes(1)
  expect(far.onClose).toHaveBeenCalledTimes(1)
  expect(far.channel.isOpen).toBe(false)
})

test('sending on a closed channel is no error, and still says that it is done', () => {
  const [left] = memoryPorts()
  const { channel } = channelOn(left)
  channel.close()
  const onSent = vi.fn()
  channel.send({ kind: 'ping', id: 1 }, onSent)
  expect(onSent).toHaveBeenCalledTimes(1)
})

test('over the IPC of a child process messages go both ways and an end is a close', async () => {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  const echo = folder.write('echo.mjs', "process.on('message', (m) => process.send(m))")
  const child = fork(echo, { execArgv: [] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const port = ipcPort(child)
  const { channel, onMessage, onClose } = channelOn(port)
  const exited = once(child, 'exit')
  channel.send({ kind: 'ping', id: 9 })
  await eventually('the echo', () => onMessage.mock.calls.length === 1)
  expect(onMessage).toHaveBeenCalledWith({ kind: 'ping', id: 9 })
  expect(port.backlog).toBe(0)
  child.kill('SIGKILL')
  await exited
  await eventually('the close', () => onClose.mock.calls.length === 1)
  channel.send({ kind: 'ping', id: 10 })
  expect(port.backlog).toBe(0)
})

test("over Electron's parent port the data of events is what arrives", () => {
  const parentPort = Object.assign(new EventEmitter(), { postMessage: vi.fn() })
  const { channel, onMessage } = channelOn(utilityPort(parentPort))
  parentPort.emit('message', { data: { kind: 'ping', id: 3 }, ports: [] })
  expect(onMessage).toHaveBeenCalledWith({ kind: 'ping', id: 3 })
  const onSent = vi.fn()
  channel.send({ kind: 'ping', id: 4 }, onSent)
  expect(parentPort.postMessage).toHaveBeenCalledWith({ kind: 'ping', id: 4 })
  expect(onSent).toHaveBeenCalledTimes(1)
})
