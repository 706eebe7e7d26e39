/**
 * The topic `traffic`: what the engine has kept, then what it samples while somebody looks. The
 * numbers of samples begin again with every engine process.
 */
import type { EngineAnswer, EngineQuestion } from '../../../proxy-core/model/control-protocol.ts'
import type { TrafficBatch, TrafficSample } from '../../../proxy-core/model/traffic-sample.ts'
import type { TopicPayload } from '../../../preload/contract/topics.ts'
import type { TopicSource } from '../../contract/topic-sources.ts'
import type { Release } from '../engine/listeners.ts'

/** A sample has up to some kilobytes, and a frame at most one megabyte. */
const SAMPLES_PER_PAYLOAD = 100
/** Batches that come while the kept samples are fetched. */
const MOST_WAITING = 40

export interface TrafficEngine {
  ask(question: EngineQuestion): Promise<EngineAnswer>
  onTraffic(listener: (batch: TrafficBatch) => void): Release
  wantTraffic(isWanted: boolean): void
}

type Payload = TopicPayload<'traffic'>
type Push = (payload: Payload) => void

export class TrafficTap implements TopicSource<'traffic'> {
  readonly #engine: TrafficEngine
  #watchers = 0

  constructor(engine: TrafficEngine) {
    this.#engine = engine
  }

  open({ since }: { readonly since: number }, push: Push): Release {
    this.#watch(1)
    let waiting: TrafficBatch[] | null = []
    let isOpen = true
    const release = this.#engine.onTraffic((batch) => {
      if (waiting === null) return pushBatch(batch, push)
      waiting.push(batch)
      if (waiting.length > MOST_WAITING) waiting.shift()
    })
    void this.#kept().then((kept) => {
      const late = waiting ?? []
      waiting = null
      if (!isOpen) return
      const lastSeq = pushKept(kept, since, push)
      for (const batch of late) pushBatch(withoutOld(batch, lastSeq), push)
    })
    return () => {
      isOpen = false
      release()
      this.#watch(-1)
    }
  }

  #watch(change: 1 | -1): void {
    this.#watchers += change
    if (this.#watchers === (change === 1 ? 1 : 0)) this.#engine.wantTraffic(this.#watchers > 0)
  }

  /** Empty while no engine runs. */
  async #kept(): Promise<readonly TrafficSample[]> {
    try {
      const answer = await this.#engine.ask({ name: 'traffic', since: 0 })
      return answer.name === 'traffic' ? answer.samples : []
    } catch {
      // The samples that it kept are gone with the engine; the next one's come by themselves.
      return []
    }
  }
}

/** Pushes what came after `since` and returns the last number. */
function pushKept(kept: readonly TrafficSample[], since: number, push: Push): number {
  const lastSeq = kept.at(-1)?.seq ?? 0
  // A number beyond the newest is one of an earlier engine.
  const from = since > lastSeq ? 0 : since
  const samples = kept.filter(({ seq }) => seq > from)
  const firstSeq = samples[0]?.seq ?? from + 1
  const gap = from > 0 && firstSeq > from + 1 ? { from: from + 1, to: firstSeq - 1 } : null
  for (let at = 0; at < samples.length; at += SAMPLES_PER_PAYLOAD) {
    const part = samples.slice(at, at + SAMPLES_PER_PAYLOAD)
    push({ ...NOTHING_SEEN, samples: part, gap: at === 0 ? gap : null })
  }
  return lastSeq
}

const NOTHING_SEEN = { seen: 0, spanMs: 0, droppedNotable: 0 } as const

function pushBatch(batch: TrafficBatch, push: Push): void {
  const { samples, ...facts } = batch
  push({ ...facts, samples: samples.slice(0, SAMPLES_PER_PAYLOAD), gap: null })
  for (let at = SAMPLES_PER_PAYLOAD; at < samples.length; at += SAMPLES_PER_PAYLOAD) {
    const part = samples.slice(at, at + SAMPLES_PER_PAYLOAD)
    push({ ...NOTHING_SEEN, samples: part, gap: null })
  }
}

function withoutOld(batch: TrafficBatch, lastSeq: number): TrafficBatch {
  return { ...batch, samples: batch.samples.filter(({ seq }) => seq > lastSeq) }
}
