/** What a part of a screen can show: the states of every view of data, named once. */
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'

export interface Problem {
  /** What failed, as a sentence. */
  readonly what: string
  /** The raw reason, shown in mono; empty when the sentence says it all. */
  readonly why: string
  /** What the operator can do; empty when nothing. */
  readonly remedy: string
  /** Code of the catalogue; empty without one. */
  readonly code: string
}

export type DataState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'error'; readonly problem: Problem }
  | {
      readonly kind: 'ready'
      /** Age of data that should be younger: it is dimmed and says so. null = it is fresh. */
      readonly staleMs?: number | null
      /** What is not there although it should be: "Health unknown for 2 backends". */
      readonly missing?: string | null
    }

export const LOADING: DataState = { kind: 'loading' }
export const EMPTY: DataState = { kind: 'empty' }
export const READY: DataState = { kind: 'ready' }

/** @param what what was tried: "The configuration could not be read." */
export function problemFrom(error: unknown, what: string): Problem {
  if (error instanceof SwitchyardError) {
    return { what, why: error.message, remedy: error.remedy, code: error.code }
  }
  const why = error instanceof Error ? error.message : String(error)
  return { what, why, remedy: '', code: '' }
}

/** For the clipboard and a report. */
export function problemText({ what, why, remedy, code }: Problem): string {
  return [what, why, remedy, code === '' ? '' : `Code: ${code}`].filter(Boolean).join('\n')
}
