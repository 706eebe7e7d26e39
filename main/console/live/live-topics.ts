/** The three topics of the live board, and the traffic that is sampled only while it is watched. */
import type { TopicName, TopicPayload } from '../../../preload/contract/topics.ts'
import type { TopicSource, TopicSources } from '../../contract/topic-sources.ts'
import type { Release } from '../engine/listeners.ts'
import type { LiveBoard } from './live-board.ts'

export function liveTopics(board: LiveBoard): Pick<TopicSources, 'fleet' | 'numbers' | 'verdict'> {
  return {
    fleet: snapshotSource(
      () => board.fleet,
      (listener) => board.onFleet(listener)
    ),
    numbers: snapshotSource(
      () => board.numbers,
      (listener) => board.onNumbers(listener)
    ),
    verdict: snapshotSource(
      () => board.verdict,
      (listener) => board.onVerdict(listener)
    )
  }
}

/** The current value at once, where there is one, and then every new one. */
export function snapshotSource<Name extends TopicName>(
  current: () => TopicPayload<Name> | null,
  onChange: (listener: (payload: TopicPayload<Name>) => void) => Release
): TopicSource<Name> {
  return {
    open(_args, push) {
      const release = onChange(push)
      const value = current()
      if (value !== null) push(value)
      return release
    }
  }
}
