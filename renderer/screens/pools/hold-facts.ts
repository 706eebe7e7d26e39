/** What the inspector of a pool says about the requests that wait in it, fact by fact. */
import type { LiveHold } from '../../../preload/contract/live-state.ts'
import type { FleetHold } from '../../../proxy-core/model/engine-telemetry.ts'
import { formatRate, NO_NUMBER, quantityText } from '../../ui/format.ts'
import {
  bytesWords,
  exceptionWords,
  limitWords,
  oldestWords,
  outlookWords,
  overflowWords
} from '../live/hold-words.ts'
import type { NamedValue } from './named-value.ts'

export function holdFacts(
  hold: FleetHold,
  now: LiveHold | null,
  nowMs: number
): readonly NamedValue[] {
  const exceptions = exceptionWords(hold)
  return [
    ...(now === null ? [] : factsNow(hold, now, nowMs)),
    { name: 'When full', value: overflowWords(hold) },
    {
      name: 'At most',
      value: limitWords(hold),
      ...(exceptions === '' ? {} : { note: exceptions })
    }
  ]
}

function factsNow(hold: FleetHold, now: LiveHold, nowMs: number): readonly NamedValue[] {
  const oldest = oldestWords(now)
  const [come, go] = [quantityText(formatRate(now.entered)), quantityText(formatRate(now.released))]
  return [
    { name: 'The first', value: oldest === null ? NO_NUMBER : `has waited ${oldest}` },
    { name: 'Outlook', value: outlookWords(now.outlook, hold.operator, nowMs) },
    { name: 'Come and go', value: `${come} come, ${go} go` },
    { name: 'Bodies', value: bytesWords(hold, now.bytes) }
  ]
}
