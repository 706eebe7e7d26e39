/**
 * The colours of the tokens as a canvas needs them: resolved for the theme that holds now.
 * Read inside an effect or an attachment, it runs that again when the theme changes.
 */
import { createSubscriber } from 'svelte/reactivity'

export const INK_NAMES = [
  'bg-0',
  'bg-1',
  'bg-2',
  'bg-3',
  'fg-1',
  'fg-2',
  'fg-3',
  'line',
  'line-strong',
  'accent',
  'ok',
  'warn',
  'down',
  'admin',
  'unknown',
  'river'
] as const

export type InkName = (typeof INK_NAMES)[number]

/** CSS colours by token, and the two font families. */
export interface Ink extends Readonly<Record<InkName, string>> {
  readonly fontUi: string
  readonly fontData: string
}

let known: Ink | null = null

const follow = createSubscriber((update) => {
  const change = (): void => {
    known = null
    update()
  }
  const observer = new MutationObserver(change)
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  const owned = new AbortController()
  for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)']) {
    window.matchMedia(query).addEventListener('change', change, { signal: owned.signal })
  }
  return () => {
    observer.disconnect()
    owned.abort()
    known = null
  }
})

export function ink(): Ink {
  follow()
  return (known ??= readInk())
}

/** A colour token may hold `light-dark()`: only a real property of an element resolves it. */
function readInk(): Ink {
  const probe = document.createElement('span')
  document.body.append(probe)
  const style = getComputedStyle(probe)
  const colours = INK_NAMES.map((name): [string, string] => {
    probe.style.color = `var(--${name})`
    return [name, style.color]
  })
  const read: unknown = {
    ...Object.fromEntries(colours),
    fontUi: style.getPropertyValue('--font-ui'),
    fontData: style.getPropertyValue('--font-data')
  }
  probe.remove()
  return read as Ink
}
