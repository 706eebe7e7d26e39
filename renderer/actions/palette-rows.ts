/** What the palette lists for what was typed: recent, things, actions, places, times. */
import type { BackendStatus, ServiceStatus } from '../../preload/contract/status.ts'
import { backendName } from '../screens/live/backend-name.ts'
import type { Action, ActionArgument, ActionContext, ActionIcon, ActionValues } from './action.ts'
import { poolsOf } from './fleet-lookup.ts'
import { parseMoment } from './moment.ts'
import { ranked } from './palette-search.ts'
import { ACTIONS, findAction, keysOf, valuesFromSelection } from './registry.ts'

export interface PaletteRow {
  /** Unique in the palette. */
  readonly key: string
  readonly title: string
  readonly keywords: readonly string[]
  /** Dim, on the right of the title: a pool, a state. */
  readonly detail: string
  readonly icon: ActionIcon | null
  readonly status: BackendStatus | ServiceStatus | null
  readonly keys: string
  /** Why it cannot be chosen now; null = it can. */
  readonly reason: string | null
  readonly choice: PaletteChoice
}

export type PaletteChoice =
  | { readonly kind: 'action'; readonly action: Action }
  | { readonly kind: 'pool'; readonly pool: string }
  | { readonly kind: 'backend'; readonly pool: string; readonly backend: string }
  | { readonly kind: 'moment'; readonly atMs: number }
  | { readonly kind: 'answer'; readonly values: ActionValues }

export interface PaletteSection {
  readonly title: string
  readonly rows: readonly PaletteRow[]
}

/** More of a kind are found by typing. */
const MAX_THINGS = 8
const MAX_TYPED_THINGS = 50

const PREFIXES = ['>', '@', ':'] as const

/** The first page: everything, or one kind of it after a prefix. */
export function paletteSections(
  query: string,
  context: ActionContext,
  recentIds: readonly string[]
): readonly PaletteSection[] {
  const prefix = PREFIXES.find((one) => query.startsWith(one)) ?? null
  const typed = prefix === null ? query : query.slice(1)
  const sections = [
    prefix === null && typed.trim() === '' ? recentSection(context, recentIds) : null,
    prefix === ':' || prefix === null ? timeSection(typed, context, prefix === ':') : null,
    prefix === '@' || prefix === null ? thingSection(typed, context, prefix === '@') : null,
    prefix === '>' || prefix === null ? actionSection(typed, context, 'Actions') : null,
    prefix === null || prefix === '>' ? actionSection(typed, context, 'Go to') : null
  ]
  return sections.filter((section) => section !== null).filter(({ rows }) => rows.length > 0)
}

/** The page of one argument. */
export function argumentSections(
  query: string,
  argument: ActionArgument,
  context: ActionContext,
  action: Action
): readonly PaletteSection[] {
  const rows = ranked(query, argumentRows(query, argument, context, action))
  return rows.length === 0 ? [] : [{ title: argument.title, rows }]
}

export function actionRow(action: Action, context: ActionContext): PaletteRow {
  const { preferences, hello } = context.console
  const values = valuesFromSelection(context, action)
  const answer = action.when(context, values)
  return {
    key: action.id,
    title: action.title,
    keywords: action.keywords,
    detail: values.backend ?? values.pool ?? (action.isOn?.(context) === true ? 'on' : ''),
    icon: action.icon,
    status: null,
    keys: keysOf(action, preferences, hello.abilities)[0] ?? '',
    reason: answer === true ? null : answer,
    choice: { kind: 'action', action }
  }
}

function recentSection(context: ActionContext, ids: readonly string[]): PaletteSection {
  const rows = ids
    .map((id) => findAction(id))
    .filter((action) => action !== null)
    .map((action) => ({ ...actionRow(action, context), key: `recent ${action.id}` }))
  return { title: 'Recent', rows }
}

/** What fits the selection comes first, what cannot be done now last. */
function actionSection(
  typed: string,
  context: ActionContext,
  title: 'Actions' | 'Go to'
): PaletteSection {
  const isGo = title === 'Go to'
  const rows = ACTIONS.filter(
    ({ section, isKeyOnly }) => isKeyOnly !== true && (section === 'Go to') === isGo
  ).map((action) => actionRow(action, context))
  const { selection } = context.console
  const about = selection.backend !== null ? 'backend.' : selection.pool !== null ? 'pool.' : null
  const place = ({ key, reason }: PaletteRow): number =>
    reason !== null ? 2 : about !== null && key.startsWith(about) ? 0 : 1
  const found = ranked(typed, rows)
  return { title, rows: typed.trim() === '' ? found.sort((a, b) => place(a) - place(b)) : found }
}

function thingSection(typed: string, context: ActionContext, isAsked: boolean): PaletteSection {
  const demo = context.console.workspace?.demo
  const rows = poolsOf(context).flatMap((pool) => [
    thing({ kind: 'pool', pool: pool.name }, pool.name, 'pool', pool.statusWord, pool.status),
    ...pool.backends.map(({ address, statusWord, status }) => {
      const name = backendName(address, demo)
      const place = name === address ? pool.name : `${address} · ${pool.name}`
      const choice = { kind: 'backend', pool: pool.name, backend: address } as const
      return thing(choice, name, place, statusWord, status)
    })
  ])
  const isTyped = isAsked || typed.trim() !== ''
  return {
    title: 'Things',
    rows: ranked(typed, rows).slice(0, isTyped ? MAX_TYPED_THINGS : MAX_THINGS)
  }
}

function thing(
  choice: PaletteChoice,
  title: string,
  place: string,
  word: string,
  status: BackendStatus | ServiceStatus
): PaletteRow {
  return {
    key: JSON.stringify(choice),
    title,
    keywords: [place, word],
    detail: `${place} · ${word}`,
    icon: null,
    status,
    keys: '',
    reason: null,
    choice
  }
}

function timeSection(typed: string, { console }: ActionContext, isAsked: boolean): PaletteSection {
  const atMs = parseMoment(typed, console.clock.exactMs())
  const title = 'Time'
  if (atMs === null) {
    const row = { ...timeRow(0, 'Type a time'), reason: '14:02, or 10m for ten minutes ago' }
    return { title, rows: isAsked ? [row] : [] }
  }
  return { title, rows: [timeRow(atMs, `Look at ${new Date(atMs).toLocaleString('en-GB')}`)] }
}

function timeRow(atMs: number, title: string): PaletteRow {
  return {
    key: 'moment',
    title,
    keywords: [],
    detail: '',
    icon: 'clock',
    status: null,
    keys: '',
    reason: null,
    choice: { kind: 'moment', atMs }
  }
}

function argumentRows(
  query: string,
  argument: ActionArgument,
  context: ActionContext,
  action: Action
): readonly PaletteRow[] {
  switch (argument.kind) {
    case 'pool':
      return poolsOf(context).map((pool) =>
        answer(pool.name, pool.statusWord, { pool: pool.name }, { status: pool.status })
      )
    case 'backend':
      return poolsOf(context).flatMap((pool) =>
        pool.backends.map(({ address, status, statusWord }) => {
          const values = { pool: pool.name, backend: address }
          const may = action.when(context, values)
          const reason = may === true ? null : may
          const name = backendName(address, context.console.workspace?.demo)
          const place = name === address ? pool.name : `${address} · ${pool.name}`
          return answer(name, `${place} · ${statusWord}`, values, { status, reason })
        })
      )
    case 'choice':
      return argument
        .choices(context)
        .map(({ value, label }) => answer(label, '', { choice: value }, { key: value }))
    case 'text':
      return textRows(query.trim(), argument, context)
  }
}

function textRows(
  typed: string,
  argument: Extract<ActionArgument, { kind: 'text' }>,
  context: ActionContext
): readonly PaletteRow[] {
  const suggestions = argument.suggestions(context).filter((text) => text !== typed)
  const rows = suggestions.map((text) => answer(text, '', { text }))
  if (typed === '') return rows
  return [answer(typed, '', { text: typed }, { reason: argument.problem(typed) }), ...rows]
}

function answer(
  title: string,
  detail: string,
  values: ActionValues,
  more: Partial<Pick<PaletteRow, 'status' | 'reason' | 'key'>> = {}
): PaletteRow {
  return {
    key: JSON.stringify(values),
    title,
    keywords: detail === '' ? [] : [detail],
    detail,
    icon: null,
    status: null,
    keys: '',
    reason: null,
    ...more,
    choice: { kind: 'answer', values }
  }
}
