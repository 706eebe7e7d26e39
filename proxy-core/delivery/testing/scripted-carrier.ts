/** Takes stored requests nowhere: what comes of each is the test's to say, and when. */
import type { Entry } from '../../store/request-store.ts'
import type { DeliveryReport } from '../delivery-verdict.ts'
import type { Carrier } from '../route-delivery.ts'

export interface Carried {
  readonly entry: Entry
  readonly attempt: number
  readonly report: (report: DeliveryReport) => void
}

export class ScriptedCarrier implements Carrier {
  /** Under way, in the order in which they began. */
  readonly under: Carried[] = []
  /** Everything that ever began: `seq.attempt`. */
  readonly begun: string[] = []
  /** Told of each delivery that begins. */
  began: (entry: Entry) => void = () => undefined

  get busyCount(): number {
    return this.under.length
  }

  deliver(entry: Entry, attempt: number): Promise<DeliveryReport> {
    const { promise, resolve } = Promise.withResolvers<DeliveryReport>()
    this.begun.push(`${entry.seq}.${attempt}`)
    const carried: Carried = {
      entry,
      attempt,
      report: (report) => {
        this.under.splice(this.under.indexOf(carried), 1)
        resolve(report)
      }
    }
    this.under.push(carried)
    this.began(entry)
    return promise
  }

  cut(): number {
    const running = [...this.under]
    for (const { report } of running) report({ kind: 'cut' })
    return running.length
  }
}

export const TAKEN: DeliveryReport = { kind: 'answered', status: 200, retryAfterMs: 0 }
export const FAILED: DeliveryReport = { kind: 'failed', reason: 'it failed' }
export const AWAY: DeliveryReport = { kind: 'unplaced', reason: 'nobody is there', isBusy: false }
export const BUSY: DeliveryReport = { kind: 'unplaced', reason: 'all are busy', isBusy: true }
