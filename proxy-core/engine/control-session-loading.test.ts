/**
 * Contract: the engine process loads what its parent sends, in turn, and refuses with the
 * reason.
 */
import { beforeEach, expect, test } from 'vitest'
import { eventually } from '../../test/servers/eventually.ts'
import { type ToEngine } from '../model/control-protocol.ts'
import { SwitchyardError } from '../model/error-catalogue.ts'
import { SessionHarness } from './testing/session-harness.ts'

let harness: SessionHarness

beforeEach(() => {
  harness = new SessionHarness()
})

test('the engine speaks first, with its protocol and pid', async () => {
  expect(await harness.message('ready')).toEqual({ kind: 'ready', protocol: 4, pid: process.pid })
})

test('the first load starts the engine, the next ones reload it, and both name what is open', async () => {
  harness.start()
  const loaded = {
    kind: 'loaded',
    listeners: [{ name: 'web', address: '127.0.0.1:8080', scheme: 'http', isOpen: true }],
    admin: { address: '[::1]:9000', scheme: 'http', certificateFile: null }
  }
  expect(await harness.load('first')).toEqual({ ...loaded, id: 1 })
  expect(await harness.load('second')).toEqual({ ...loaded, id: 2 })
  expect(harness.engine?.calls).toEqual(['start', 'reload'])
})

test('a document with problems is refused with each of them and never reaches the engine', async () => {
  harness.start()
  expect(await harness.load('bad')).toEqual({
    kind: 'refused',
    id: 1,
    code: 'CONFIG_INVALID',
    reason: 'a.yaml has a problem.',
    problems: [{ path: 'pools', message: 'No pools.' }]
  })
  expect(harness.engine?.calls).toEqual([])
})

test("the engine's own refusal is passed on with its code, and it may be asked again", async () => {
  harness.start()
  await harness.load('first')
  harness.engine!.refusal = new SwitchyardError('CONFIG_NEEDS_RESTART', 'The admin address.')
  const refused = { kind: 'refused', code: 'CONFIG_NEEDS_RESTART', reason: 'The admin address.' }
  expect(await harness.load('second')).toMatchObject(refused)
  harness.engine!.refusal = null
  expect(await harness.load('third')).toMatchObject({ kind: 'loaded' })
})

test('what comes before the start is answered with an error', async () => {
  expect(await harness.load('first')).toMatchObject({ code: 'PROTOCOL_VIOLATION' })
  expect(await harness.snapshot()).toMatchObject({ error: { code: 'PROTOCOL_VIOLATION' } })
  expect(await harness.setState('api')).toMatchObject({ error: { code: 'PROTOCOL_VIOLATION' } })
})

test('a load during a load is refused', async () => {
  harness.start()
  const first = harness.load('first')
  const second = harness.load('second')
  expect(await first).toMatchObject({ kind: 'loaded' })
  expect(await second).toMatchObject({ kind: 'refused', code: 'PROTOCOL_VIOLATION' })
})

test('logs are opened again when asked', async () => {
  harness.start()
  harness.channel.send({ kind: 'reopen_logs' })
  await eventually('the reopening', () => harness.engine?.calls.includes('reopenLogs'))
})

test('a file that the parent refused is noted with its code and reason', async () => {
  harness.start()
  harness.channel.send({
    kind: 'note_refusal',
    code: 'CONFIG_INVALID',
    reason: 'a.yaml has a problem'
  })
  await eventually('the note', () =>
    harness.engine?.calls.includes('noteRefusal CONFIG_INVALID a.yaml has a problem')
  )
})

test('junk from the parent is a fault and changes nothing', async () => {
  harness.start()
  await harness.load('first')
  harness.channel.send({ kind: 'stop', mode: 'sideways' } as unknown as ToEngine)
  expect(await harness.message('fault')).toMatchObject({ code: 'PROTOCOL_VIOLATION' })
  expect(harness.engine?.calls).toEqual(['start'])
})
