/** What `switchyard check` says of a configuration. */
import { failoverTimes, type PoolFailoverTimes } from '../../../proxy-core/config/failover-times.ts'
import { formatProblems } from '../../../proxy-core/config/format-problems.ts'
import { worstCases, type PoolWorstCase } from '../../../proxy-core/config/worst-case.ts'
import type { ConfigProblem } from '../../../proxy-core/model/config-problem.ts'
import type { EngineSettings } from '../../../proxy-core/model/settings.ts'
import type { ReadConfig } from '../../config-file/config-file.ts'
import { detectionSentence } from './detection-sentence.ts'
import { failoverSentence } from './failover-sentence.ts'

export interface CheckReport {
  readonly file: string
  readonly isValid: boolean
  readonly problems: readonly ConfigProblem[]
  readonly warnings: readonly ConfigProblem[]
  /** null for a file with problems. */
  readonly summary: Counts | null
  readonly detection: readonly (PoolWorstCase & { readonly sentence: string })[]
  /** Of pools with levels: when traffic moves, and when it returns. */
  readonly failover: readonly (PoolFailoverTimes & { readonly sentence: string })[]
}

/** For machines. */
export function checkReport({ file, result }: ReadConfig): CheckReport {
  return {
    file,
    isValid: result.ok,
    problems: result.ok ? [] : result.problems,
    warnings: result.warnings,
    summary: result.ok ? counts(result.settings) : null,
    detection: result.ok
      ? worstCases(result.settings).map((one) => ({ ...one, sentence: detectionSentence(one) }))
      : [],
    failover: result.ok
      ? failoverTimes(result.settings).map((one) => ({ ...one, sentence: failoverSentence(one) }))
      : []
  }
}

/** For people. */
export function checkText({ file, text: source, result }: ReadConfig, colour: boolean): string {
  const findings = result.ok ? result.warnings : [...result.problems, ...result.warnings]
  const blocks = findings.length > 0 ? [formatProblems(findings, { colour, source })] : []
  if (!result.ok) {
    blocks.push(`${file} cannot be run: ${counted(result.problems.length, 'problem')}.`)
    return paragraphs(blocks)
  }
  const warnings = result.warnings.length
  const also = warnings > 0 ? `, with ${counted(warnings, 'warning')}` : ''
  blocks.push(`${file} can be run${also}: ${listed(counts(result.settings))}.`)
  const sentences = [
    ...worstCases(result.settings).map(detectionSentence),
    ...failoverTimes(result.settings).map(failoverSentence)
  ]
  if (sentences.length > 0) blocks.push(sentences.join('\n'))
  return paragraphs(blocks)
}

function paragraphs(blocks: readonly string[]): string {
  return `${blocks.join('\n\n')}\n`
}

interface Counts {
  readonly listeners: number
  readonly routes: number
  readonly pools: number
  readonly backends: number
}

function counts({ listeners, routes, pools }: EngineSettings): Counts {
  return {
    listeners: listeners.length,
    routes: routes.length,
    pools: pools.length,
    backends: pools.reduce((sum, pool) => sum + pool.backends.length, 0)
  }
}

function listed({ listeners, routes, pools, backends }: Counts): string {
  return [
    counted(listeners, 'listener'),
    counted(routes, 'route'),
    counted(pools, 'pool'),
    counted(backends, 'backend')
  ].join(', ')
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
