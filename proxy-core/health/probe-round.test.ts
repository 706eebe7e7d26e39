/** Contract: a backend with several addresses is probed as it is dialled. */
import { expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { DEFAULT_HEALTH_CHECK } from '../model/default-settings.ts'
import { probeRound, type ProbeRoundRequest, type ProbeRoundResult } from './probe-round.ts'
import { ScriptedProbe, type Answer } from './testing/scripted-probe.ts'

function setUp(answers: Readonly<Record<string, Answer>>): {
  readonly script: ScriptedProbe
  readonly clock: ManualClock
  run(others?: Partial<ProbeRoundRequest>): Promise<ProbeRoundResult>
} {
  const script = new ScriptedProbe()
  const clock = new ManualClock()
  script.answer = ({ address }) => answers[address] ?? 'pass'
  return {
    script,
    clock,
    run: (others = {}) =>
      probeRound({
        backend: { host: 'backend.test', port: 80 },
        settings: { ...DEFAULT_HEALTH_CHECK, timeoutMs: 1000 },
        addresses: Object.keys(answers),
        probes: { http: script.probe, tcp: script.probe },
        connect: () => expect.unreachable(),
        clock,
        signal: new AbortController().signal,
        ...others
      })
  }
}

test('an address that refuses is passed over, and the record tells of both', async () => {
  const { run, script } = setUp({ '::1': 'refuse', '127.0.0.1': 'pass' })
  const result = await run()
  expect(script.addresses).toEqual(['::1', '127.0.0.1'])
  expect(result).toMatchObject({ address: '127.0.0.1', isConclusive: true })
  expect(result.record).toMatchObject({ hasPassed: true, detail: '::1: refuse. 127.0.0.1: pass.' })
})

test('an address that gives a wrong answer decides: the service itself is ill', async () => {
  const { run, script } = setUp({ '10.0.0.1': 'fail', '10.0.0.2': 'pass' })
  expect((await run()).record).toMatchObject({ hasPassed: false, code: 'L7STS' })
  expect(script.addresses).toEqual(['10.0.0.1'])
})

test('all addresses refusing is one failure with each of them in the record', async () => {
  const { run } = setUp({ '10.0.0.1': 'refuse', '10.0.0.2': 'refuse' })
  expect((await run()).record).toMatchObject({
    hasPassed: false,
    code: 'L4CON',
    detail: '10.0.0.1: refuse. 10.0.0.2: refuse.'
  })
})

test('a shortage on this side ends the round without a verdict', async () => {
  const { run, script } = setUp({ '10.0.0.1': 'short', '10.0.0.2': 'pass' })
  expect((await run()).isConclusive).toBe(false)
  expect(script.addresses).toEqual(['10.0.0.1'])
})

test('all addresses share one timeout', async () => {
  const { run, script, clock } = setUp({ '10.0.0.1': 'refuse', '10.0.0.2': 'freeze' })
  script.answerMs = 400
  const result = run()
  await clock.advanceAsync(1000)
  expect((await result).record).toMatchObject({ code: 'L7TOUT', durationMs: 1000 })
  expect(script.requests.map(({ timeoutMs }) => timeoutMs)).toEqual([1000, 600])
})

test('a backend without an address fails with a DNS record that names it', async () => {
  const { run } = setUp({})
  expect(await run()).toMatchObject({
    address: null,
    isConclusive: true,
    record: { hasPassed: false, code: 'DNS', detail: 'The name backend.test has no address.' }
  })
})

test('a timeout of 0 means the interval, so that a frozen backend is noticed', async () => {
  const { run, script } = setUp({ '10.0.0.1': 'pass' })
  await run({ settings: { ...DEFAULT_HEALTH_CHECK, timeoutMs: 0, intervalMs: 3000 } })
  expect(script.requests[0]?.timeoutMs).toBe(3000)
})

test('the port of the check wins over the port of the backend', async () => {
  const { run, script } = setUp({ '10.0.0.1': 'pass' })
  await run()
  await run({ settings: { ...DEFAULT_HEALTH_CHECK, port: 8081 } })
  expect(script.requests.map(({ port }) => port)).toEqual([80, 8081])
})

test('a probe that throws proves nothing against the backend', async () => {
  const { run } = setUp({ '10.0.0.1': 'pass' })
  const broken = (): never => {
    throw new Error('bug')
  }
  expect(await run({ probes: { http: broken, tcp: broken } })).toMatchObject({
    isConclusive: false,
    record: { hasPassed: false, detail: 'The http probe itself failed: bug.' }
  })
})
