/** Probes without sockets: a test says what each gives and how long it takes. */
import type { ProbeRecord } from '../../model/probe-record.ts'
import type { Clock } from '../../time/clock.ts'
import type { Probe, ProbeRequest, ProbeResult } from '../probe.ts'

/** pass, fail: answered after `answerMs`. freeze: the timeout. short: this machine ran short. */
export type Answer = 'pass' | 'fail' | 'refuse' | 'freeze' | 'short'

export class ScriptedProbe {
  /** Monotonic times at which probes began, and where they went. */
  readonly starts: number[] = []
  readonly addresses: string[] = []
  readonly requests: ProbeRequest[] = []
  answer: (request: ProbeRequest) => Answer = () => 'pass'
  answerMs = 0
  running = 0
  mostRunning = 0

  readonly probe: Probe = async (request) => {
    const { clock } = request
    const answer = this.answer(request)
    const atMs = clock.wallNow()
    const startedMs = clock.now()
    this.starts.push(startedMs)
    this.addresses.push(request.address)
    this.requests.push(request)
    this.running += 1
    this.mostRunning = Math.max(this.mostRunning, this.running)
    await wait(clock, answer === 'freeze' ? request.timeoutMs : this.answerMs, request.signal)
    this.running -= 1
    return resultOf(answer, request, atMs, clock.now() - startedMs)
  }
}

const CODES = {
  pass: 'L7OK',
  fail: 'L7STS',
  refuse: 'L4CON',
  freeze: 'L7TOUT',
  short: 'L4CON'
} as const

function resultOf(
  answer: Answer,
  { signal, address }: ProbeRequest,
  atMs: number,
  durationMs: number
): ProbeResult {
  const record: ProbeRecord = {
    atMs,
    durationMs,
    hasPassed: answer === 'pass',
    code: CODES[answer],
    status: null,
    detail: `${address}: ${answer}.`
  }
  return { record, isConclusive: answer !== 'short' && !signal.aborted }
}

function wait(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (delayMs === 0) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = clock.setTimeout(resolve, delayMs)
    signal.addEventListener('abort', () => {
      timer.cancel()
      resolve()
    })
  })
}
