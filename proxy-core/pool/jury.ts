/**
 * The judges of a pool's backends, and what holds for all of them together: how many may be
 * ejected at one time, and that nobody is while no other is left (envoy#3263, #26877: a share of
 * a few backends ejects nobody or everybody; frankendeploy#94: the last one was taken out).
 */
import type { PoolSettings } from '../model/settings.ts'
import { TrafficJudge, type JudgeSettings } from '../passive/traffic-judge.ts'
import type { Clock } from '../time/clock.ts'
import type { Backend } from './backend.ts'

export class Jury {
  readonly #clock: Clock
  #backends: readonly Backend[] = []
  #settings: JudgeSettings = { outlier: null, circuitBreaker: null, adaptiveConcurrency: null }
  #fingerprint = ''
  #isPardoning = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Judges whose rules stayed keep what they know; backends that are gone lose theirs. */
  configure(settings: PoolSettings, backends: readonly Backend[]): void {
    const { outlier, circuitBreaker, adaptiveConcurrency } = settings
    const fingerprint = JSON.stringify([outlier, circuitBreaker, adaptiveConcurrency])
    const isOther = fingerprint !== this.#fingerprint
    this.dismiss(this.#backends.filter((backend) => isOther || !backends.includes(backend)))
    this.#fingerprint = fingerprint
    this.#settings = { outlier, circuitBreaker, adaptiveConcurrency }
    this.#backends = backends
    if (outlier === null && circuitBreaker === null && adaptiveConcurrency === null) return
    for (const backend of backends) backend.judge ??= this.#judgeOf(backend)
  }

  /** No judge, no ejection and a closed circuit for these. */
  dismiss(backends: readonly Backend[]): void {
    for (const backend of backends) {
      const { judge } = backend
      if (judge === null) continue
      judge.pardon('it is judged by other rules now')
      judge.stop()
      backend.judge = null
      backend.setCircuit('closed', 'it is judged by other rules now')
    }
  }

  /**
   * Ends all ejections when nobody else is left to serve. Returns whether that changed anything;
   * every change has then been told already.
   */
  pardonIfAlone(): boolean {
    if (this.#isPardoning || this.#settings.outlier === null) return false
    if (this.#backends.some(({ isEligible, weight }) => isEligible && weight > 0)) return false
    const pardoned = this.#backends.filter((one) => one.ejection !== null && one.isHealthy)
    if (pardoned.length === 0) return false
    this.#isPardoning = true
    for (const backend of pardoned) backend.judge?.pardon('no other backend is left')
    this.#isPardoning = false
    return true
  }

  #judgeOf(backend: Backend): TrafficJudge {
    return new TrafficJudge(backend, this.#settings, {
      clock: this.#clock,
      mayEject: () => this.#mayEject(backend)
    })
  }

  #mayEject(candidate: Backend): boolean {
    const others = this.#backends.filter((backend) => backend !== candidate)
    if (!others.some((backend) => backend.isEligible && backend.weight > 0)) return false
    const ejected = others.filter((backend) => backend.ejection !== null).length
    const share = this.#settings.outlier?.maxEjected ?? 1
    return ejected + 1 <= Math.max(1, Math.floor(share * this.#backends.length))
  }
}
