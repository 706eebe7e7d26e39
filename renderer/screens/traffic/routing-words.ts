/** Why a request went where it went, as a sentence. */
import type { RoutingReason } from '../../../proxy-core/model/traffic-sample.ts'
import { countOf } from '../../ui/format.ts'
import { algorithmWords } from '../pools/algorithm-words.ts'

/** @param chosen backend of the first attempt; empty when none was made. */
export function routingSentence(why: RoutingReason, chosen: string): string {
  const route = why.route === '' ? 'The route' : `Route ${why.route}`
  if (chosen === '') return `${route} matched, but no backend could be picked.`
  const { name } = algorithmWords(why.algorithm)
  const level = why.activeLevel > 0 ? ` of backup level ${why.activeLevel}` : ''
  if (why.candidateCount === 1) return `${route} matched; ${chosen} was the only candidate${level}.`
  return `${route} matched; ${name.toLowerCase()} picked ${chosen} from ${countOf(why.candidateCount, 'candidate')}${level}.`
}
