/**
 * A process without file descriptors says so in one sentence, keeps what it has, and accepts
 * again as soon as connections close.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../servers/eventually.ts'
import { exchangeOnce } from '../servers/raw-client.ts'
import { connectTo, startEchoes, startProduct } from './stage.ts'

const SPARE_DESCRIPTORS = 20
const REQUEST = 'GET /one HTTP/1.1\r\nHost: a.test\r\n\r\n'

test('running out of descriptors is one sentence, and passes', async () => {
  const backends = await startEchoes('a')
  const product = await startProduct({ backends: backends.map(({ address }) => address) })
  const steady = await connectTo(product)
  steady.send(REQUEST)
  await steady.readResponse()

  const engine = product.enginePid
  const used = readdirSync(`/proc/${engine}/fd`).length
  const limit = `--nofile=${used + SPARE_DESCRIPTORS}`
  const set = spawnSync('prlimit', ['--pid', String(engine), limit], { encoding: 'utf8' })
  expect(set.status, set.stderr).toBe(0)

  const crowd = Array.from({ length: 3 * SPARE_DESCRIPTORS }, () =>
    connect(product.port, '127.0.0.1')
  )
  onTestFinished(() => crowd.forEach((socket: Socket) => socket.destroy()))
  for (const socket of crowd) socket.on('error', () => undefined)
  // libuv accepts and closes what it has no descriptor for, and tells nobody: the engine has to
  // notice by itself.
  const line = await eventually(
    'the sentence',
    () => product.log.find(({ message }) => message?.includes('file descriptors')),
    20_000
  )
  expect(line.level).toBe('error')
  expect(line.message).not.toContain('    at ')

  steady.send(REQUEST)
  expect((await steady.readResponse()).status).toBe(200)
  for (const socket of crowd) socket.destroy()
  const response = await eventually('new connections', () =>
    exchangeOnce(product.port, REQUEST).catch(() => undefined)
  )
  expect(response.status).toBe(200)
  expect(product.enginePid).toBe(engine)
  const said = product.log.filter(({ message }) => message?.includes('file descriptors'))
  expect(said.length).toBeLessThan(5)
}, 60_000)
