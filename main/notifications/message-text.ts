/** A message in words: its title, its first sentence, its lines, and what was left out of it. */
import { counted, listed } from '../console/live/wording.ts'
import { dayAndTime, spellSpan, timeOfDay } from './clock-words.ts'
import { FIRST_LINES } from './line-list.ts'
import { severityOf, type MessageIncident, type NotificationMessage } from './message.ts'
import type { NotificationSource } from './notification-source.ts'

export interface MessageWords {
  /** "api: no backend left, its requests fail". */
  readonly title: string
  /** A sentence on when it began, whether it lasts, how long it lasted. */
  readonly summary: string
  /** "14:05:09 UTC  Pool api: …"; what was left out stands as a line where it was. */
  readonly lines: readonly string[]
  /** Sentences on messages that were held back or lost. */
  readonly remarks: readonly string[]
  /** "Switchyard 0.1.0, instance web-1a2b3c4d on lb1". */
  readonly origin: string
}

export function wordsOf(message: NotificationMessage, source: NotificationSource): MessageWords {
  return {
    title: inOneLine(titleOf(message)),
    summary: summaryOf(message),
    lines: linesOf(message),
    remarks: remarksOf(message),
    origin: `Switchyard ${source.version}, instance ${source.instance} on ${source.host}`
  }
}

function titleOf(message: NotificationMessage): string {
  const { incidents } = message
  const [first] = incidents
  if (incidents.length === 1) return incidentTitle(first!)
  const worst = severityOf(message)
  const leading = incidents.find(({ severity }) => severity === worst)!
  const others = counted(incidents.length - 1, 'further incident')
  return `${incidentTitle(leading)}, and ${others}`
}

function incidentTitle({ kind, pool, headline, openedAtMs, closedAtMs }: MessageIncident): string {
  const whose = pool === null ? '' : `${pool}: `
  if (kind !== 'closed' || closedAtMs === null) return `${whose}${headline}`
  return `${whose}over after ${spellSpan(closedAtMs - openedAtMs)} (${headline})`
}

function summaryOf({ incidents }: NotificationMessage): string {
  const [first] = incidents
  if (incidents.length === 1) return incidentSummary(first!)
  const pools = [...new Set(incidents.flatMap(({ pool }) => pool ?? []))]
  const open = incidents.filter(({ kind }) => kind === 'opened' || kind === 'updated').length
  const where = pools.length === 0 ? '' : ` of ${listed(pools)}`
  return `${counted(incidents.length, 'incident')}${where} in one message; ${open === 0 ? 'none lasts' : `${open} of them last`}.`
}

function incidentSummary({ kind, openedAtMs, closedAtMs }: MessageIncident): string {
  const began = dayAndTime(openedAtMs)
  switch (kind) {
    case 'opened':
      return `It began at ${began} and lasts.`
    case 'updated':
      return `It lasts since ${began}.`
    case 'closed': {
      const endedAtMs = closedAtMs ?? openedAtMs
      return `It began at ${began}, ended at ${timeOfDay(endedAtMs)} and lasted ${spellSpan(endedAtMs - openedAtMs)}.`
    }
    case 'notice':
      return `It happened at ${began}.`
    case 'test':
      return 'This is a test that somebody asked for: nothing happened.'
  }
}

function linesOf({ lines: { shown, omitted } }: NotificationMessage): readonly string[] {
  const lines = shown.map(({ atMs, text }) => `${timeOfDay(atMs)}  ${inOneLine(text)}`)
  return omitted === 0
    ? lines
    : lines.toSpliced(FIRST_LINES, 0, `… and ${counted(omitted, 'further event')} …`)
}

function* remarks({ heldBack, dropped }: NotificationMessage): Generator<string> {
  if (heldBack > 0) {
    const verb = heldBack === 1 ? 'was held back and is' : 'were held back and are'
    yield `${counted(heldBack, 'message')} ${verb} part of this one.`
  }
  if (dropped > 0) {
    const verb = dropped === 1 ? 'message before this one was' : 'messages before this one were'
    yield `${dropped} ${verb} lost: the log has what happened.`
  }
}

function remarksOf(message: NotificationMessage): readonly string[] {
  return [...remarks(message)]
}

/** Sentences of the log may have further lines, and reasons may quote what a backend said. */
export function inOneLine(text: string): string {
  return text.replaceAll(CONTROL, ' ').replaceAll(/ {2,}/g, ' ').trim()
}

// eslint-disable-next-line no-control-regex -- control characters are what this looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069]+/g
