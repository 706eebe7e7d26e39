/**
 * Contract: a TCP probe tells accepted, refused and silent apart, blames the backend only
 * for what the backend did, and leaves nothing open.
 */
import { Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tcpProbe } from './tcp-probe.ts'
import { ProbeLab } from './testing/probe-lab.ts'

let lab: ProbeLab

beforeEach(() => {
  lab = new ProbeLab()
})
afterEach(() => lab.close())

test('an accepted connection passes with L4OK and is closed in an orderly way', async () => {
  const ended = Promise.withResolvers<'end' | 'reset'>()
  const port = await lab.tcp((socket) => {
    socket.on('end', () => ended.resolve('end')).resume()
    socket.on('error', () => ended.resolve('reset'))
  })
  const { record, isConclusive } = await tcpProbe(lab.request(port, { type: 'tcp' }))
  expect(record).toMatchObject({ hasPassed: true, code: 'L4OK', status: null })
  expect(record.detail).toBe(`127.0.0.1:${port} accepted the connection.`)
  expect(isConclusive).toBe(true)
  expect(await ended.promise).toBe('end')
  await lab.everythingReleased()
})

test('a refused connection fails with L4CON and says so', async () => {
  const port = await lab.refusedPort()
  const { record, isConclusive } = await tcpProbe(lab.request(port, { type: 'tcp' }))
  expect(record).toMatchObject({ hasPassed: false, code: 'L4CON' })
  expect(record.detail).toBe(`127.0.0.1:${port} refused the connection.`)
  expect(isConclusive).toBe(true)
  await lab.everythingReleased()
})

test('an address that never answers fails with L4TOUT after exactly the timeout', async () => {
  const silent = new Socket()
  const probe = tcpProbe(lab.request(9, { type: 'tcp' }, { connect: () => silent }))
  lab.clock.advance(999)
  expect(silent.destroyed).toBe(false)
  lab.clock.advance(1)
  const { record } = await probe
  expect(record).toMatchObject({ hasPassed: false, code: 'L4TOUT', durationMs: 1000 })
  expect(record.detail).toBe('127.0.0.1:9 did not accept the connection within 1s.')
  expect(silent.destroyed).toBe(true)
})

test.each(['EMFILE', 'EADDRNOTAVAIL'])('%s here says nothing about the backend', async (code) => {
  const connect = (): Socket => {
    const socket = new Socket()
    setImmediate(() => socket.destroy(Object.assign(new Error(code), { code })))
    return socket
  }
  const { record, isConclusive } = await tcpProbe(lab.request(9, { type: 'tcp' }, { connect }))
  expect(isConclusive).toBe(false)
  expect(record.detail).toBe(`This machine could not open a connection to 127.0.0.1:9: ${code}.`)
})

test('a connect function that throws gives a record instead of an exception', async () => {
  const connect = (): never => {
    throw Object.assign(new Error('no route'), { code: 'ENETUNREACH' })
  }
  const { record } = await tcpProbe(lab.request(9, { type: 'tcp' }, { connect }))
  expect(record).toMatchObject({ hasPassed: false, code: 'L4CON' })
  await lab.everythingReleased()
})

test('a probe that is ended early proves nothing and closes its socket', async () => {
  const abort = new AbortController()
  const silent = new Socket()
  const probe = tcpProbe(
    lab.request(9, { type: 'tcp' }, { connect: () => silent, signal: abort.signal })
  )
  abort.abort()
  expect((await probe).isConclusive).toBe(false)
  expect(silent.destroyed).toBe(true)
  expect(lab.clock.pendingCount).toBe(0)
})

test('a probe whose signal has already fired opens no connection', async () => {
  const result = await tcpProbe(
    lab.request(9, { type: 'tcp' }, { signal: AbortSignal.abort(), connect: lab.connect })
  )
  expect(result.isConclusive).toBe(false)
  expect(lab.opened).toEqual([])
})
