/**
 * One thing that an operator can do. The palette, the shortcuts, their sheet, the tooltips and the
 * tests read the same table of these; nothing else binds a key.
 */
import type { ConsoleState } from '../state/console-state.svelte.ts'

export const ACTION_SECTIONS = [
  'Go to',
  'View',
  'Backend',
  'Pool',
  'Configuration',
  'Demo',
  'Engine'
] as const
export type ActionSection = (typeof ACTION_SECTIONS)[number]

/** Names of icons; shell/action-icon.svelte has the pictures. */
export const ACTION_ICONS = [
  'activity',
  'layers',
  'hourglass',
  'arrow-left-right',
  'siren',
  'file-code',
  'settings',
  'search',
  'keyboard',
  'pause',
  'triangle-alert',
  'clock',
  'table',
  'sun-moon',
  'rows',
  'monitor',
  'link',
  'undo',
  'filter',
  'arrow-down',
  'arrow-up',
  'eye',
  'panel-right',
  'log-out',
  'wrench',
  'circle-check',
  'scale',
  'radar',
  'plus',
  'chevron-left',
  'chevron-right',
  'folder-open',
  'check',
  'x',
  'shield',
  'lock',
  'play',
  'square',
  'power',
  'rotate-cw',
  'send'
] as const
export type ActionIcon = (typeof ACTION_ICONS)[number]

/** What the palette asks for before the action can run. */
export type ActionArgument =
  | { readonly kind: 'backend'; readonly title: string }
  | { readonly kind: 'pool'; readonly title: string }
  | {
      readonly kind: 'choice'
      readonly title: string
      choices(context: ActionContext): readonly ActionChoice[]
    }
  | {
      readonly kind: 'text'
      readonly title: string
      readonly placeholder: string
      /** Offered below the input. */
      suggestions(context: ActionContext): readonly string[]
      /** Why the text will not do; null when it will. */
      problem(text: string): string | null
    }

export interface ActionChoice {
  readonly value: string
  readonly label: string
}

/** Answers to the arguments; where the selection answers, nobody is asked. */
export interface ActionValues {
  readonly pool?: string
  readonly backend?: string
  readonly choice?: string
  readonly text?: string
}

export interface ActionContext {
  readonly console: ConsoleState
}

export interface Action {
  /** `backend.drain`: stable, because preferences keep shortcuts by it. */
  readonly id: string
  readonly section: ActionSection
  /** Verb first, sentence case; an ellipsis where it asks for more. */
  readonly title: string
  /** Words that find it, apart from its title. */
  readonly keywords: readonly string[]
  readonly icon: ActionIcon
  /** "g l", "Mod+K", "?"; several are alternatives. */
  readonly keys: readonly string[]
  /** Instead of `keys` where a browser owns those. */
  readonly keysWeb?: readonly string[]
  /** `plan`: it changes what serves users, and goes through the plan sheet. */
  readonly danger: 'none' | 'plan'
  readonly asks: readonly ActionArgument[]
  /** Not a row of the palette: it only makes sense as a key. */
  readonly isKeyOnly?: boolean
  /** Of a switch: whether it is on, for a tick beside it. */
  isOn?(context: ActionContext): boolean
  /** true, or why not as a sentence. */
  when(context: ActionContext, values: ActionValues): true | string
  run(context: ActionContext, values: ActionValues): void | Promise<void>
}

/** An action with the parts that most of them share left out. */
export type ActionDraft = Omit<Action, 'keywords' | 'keys' | 'danger' | 'asks' | 'when'> &
  Pick<Action, 'keywords'> &
  Partial<Pick<Action, 'keys' | 'danger' | 'asks' | 'when'>>

export function action(draft: ActionDraft): Action {
  return { keys: [], danger: 'none', asks: [], when: () => true, ...draft }
}
