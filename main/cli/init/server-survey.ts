/** Asks the servers that were named once, so that a slip is seen before it is written. */
import type { Clock } from '../../../proxy-core/time/clock.ts'
import {
  answerSentence,
  probeAddress,
  type ProbeAnswer
} from '../../console/setup/probe-address.ts'
import type { TypedAddress } from '../../console/setup/typed-address.ts'

export interface SurveyedServer {
  readonly address: string
  readonly role: 'primary' | 'backup'
  /** The path that was asked for: the best that was found. */
  readonly path: string
  readonly outcome: ProbeAnswer['kind']
  /** "200 in 3 ms", "refused". */
  readonly sentence: string
}

export interface Survey {
  readonly servers: readonly SurveyedServer[]
  /** A path that every server which answers answers well; null when there is none. */
  readonly goodPath: string | null
}

const USUAL_PATHS = ['/health', '/']

/**
 * `wanted`: the only path to try; null tries those of the URLs, then the usual ones, until one is
 * answered well by everybody that answers at all.
 */
export async function survey(
  primaries: readonly TypedAddress[],
  backups: readonly TypedAddress[],
  wanted: string | null,
  clock: Clock
): Promise<Survey> {
  const all = [...primaries, ...backups]
  const [first, ...others] = wanted === null ? candidates(all) : [wanted]
  const initial: Round = { path: first!, answers: await askAll(all, first!, clock) }
  let best = initial
  for (const path of others) {
    if (areGood(best.answers)) break
    best = { path, answers: await askAll(all, path, clock, initial.answers) }
  }
  const isGood = areGood(best.answers)
  const shown = isGood ? best : initial
  const servers = all.map((server, index): SurveyedServer => {
    const answer = shown.answers[index]!
    return {
      address: server.address,
      role: index < primaries.length ? 'primary' : 'backup',
      path: shown.path,
      outcome: answer.kind,
      sentence: answerSentence(answer)
    }
  })
  return { servers, goodPath: isGood ? best.path : null }
}

export function surveyText({ servers }: Survey): string {
  const width = Math.max(...servers.map(({ address }) => address.length))
  const lines = servers.map(({ address, role, path, outcome, sentence }) => {
    const asked = outcome === 'answered' ? `${path}: ` : ''
    return `  ${role.padEnd(7)}  ${address.padEnd(width)}  ${asked}${sentence}\n`
  })
  const silent = servers.filter(({ outcome }) => outcome === 'failed').length
  const note =
    silent === 0
      ? ''
      : `  ${silent === servers.length ? 'None of them' : 'Not every one of them'} answers now. A server gets no requests until its health check passes.\n`
  return `${lines.join('')}${note}`
}

function candidates(servers: readonly TypedAddress[]): readonly string[] {
  const typed = servers.map(({ path }) => path).filter((path) => path !== '/')
  return [...new Set([...typed, ...USUAL_PATHS])]
}

interface Round {
  readonly path: string
  readonly answers: readonly ProbeAnswer[]
}

/** Who did not answer an earlier time is not waited for again. */
function askAll(
  servers: readonly TypedAddress[],
  path: string,
  clock: Clock,
  earlier: readonly ProbeAnswer[] = []
): Promise<ProbeAnswer[]> {
  return Promise.all(
    servers.map((server, index) => {
      const known = earlier[index]
      return known?.kind === 'failed' ? Promise.resolve(known) : ask(server, path, clock)
    })
  )
}

function ask(server: TypedAddress, path: string, clock: Clock): Promise<ProbeAnswer> {
  return probeAddress({ ...server, path }, clock, new AbortController().signal)
}

/** Status 200 to 399, as a health check has it. */
function areGood(answers: readonly ProbeAnswer[]): boolean {
  const given = answers.filter((answer) => answer.kind === 'answered')
  return given.length > 0 && given.every(({ status }) => status >= 200 && status < 400)
}
