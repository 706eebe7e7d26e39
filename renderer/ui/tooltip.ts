/**
 * The one tooltip of the page, as an attachment. It waits for a resting pointer, comes at once
 * with the keyboard's focus, can be entered by the pointer, and goes with Escape (WCAG 1.4.13).
 * It lies in the top layer, above any sheet.
 */
import type { Attachment } from 'svelte/attachments'
import { isMacKeyboard, keysText } from './keys.ts'

export interface TooltipContent {
  /** Lines are kept. */
  readonly text: string
  readonly keys?: string | undefined
}

const REST_MS = 500
const LEAVE_MS = 120
const GAP_PX = 6
const EDGE_PX = 8

/** @param content asked each time it shows; null shows nothing. */
export function tooltip(content: () => TooltipContent | null): Attachment<HTMLElement> {
  return (target) => {
    let timer = 0
    const later = (delayMs: number, run: () => void): void => {
      window.clearTimeout(timer)
      timer = window.setTimeout(run, delayMs)
    }
    const show = (): void => {
      const shown = content()
      if (shown !== null) bubble().show(target, shown)
    }
    const owned = new AbortController()
    const on = (type: string, listener: (event: Event) => void): void =>
      target.addEventListener(type, listener, { signal: owned.signal })
    on('pointerenter', () => later(REST_MS, show))
    on('pointerleave', () => later(LEAVE_MS, () => bubble().leave(target)))
    on('focus', () => target.matches(':focus-visible') && later(0, show))
    on('blur', () => later(0, () => bubble().hide(target)))
    on('pointerdown', () => later(0, () => bubble().hide(target)))
    return () => {
      window.clearTimeout(timer)
      owned.abort()
      bubble().hide(target)
    }
  }
}

class Bubble {
  readonly #element = document.createElement('div')
  #target: HTMLElement | null = null

  constructor() {
    this.#element.className = 'tooltip'
    this.#element.setAttribute('role', 'tooltip')
    this.#element.setAttribute('popover', 'manual')
    this.#element.addEventListener('pointerleave', () => this.#close())
  }

  show(target: HTMLElement, { text, keys }: TooltipContent): void {
    this.#element.textContent = text
    if (keys !== undefined && keys !== '') {
      const hint = document.createElement('kbd')
      hint.textContent = keysText(keys, isMacKeyboard(navigator))
      this.#element.append(' ', hint)
    }
    if (!this.#element.isConnected) document.body.append(this.#element)
    this.#target = target
    this.#element.hidePopover()
    this.#element.showPopover()
    this.#place(target.getBoundingClientRect())
    document.addEventListener('keydown', this.#onKey, { capture: true })
  }

  /** The pointer left the target; it may have gone into the bubble. */
  leave(target: HTMLElement): void {
    if (!this.#element.matches(':hover') && document.activeElement !== target) this.hide(target)
  }

  hide(target: HTMLElement): void {
    if (this.#target === target) this.#close()
  }

  #close(): void {
    document.removeEventListener('keydown', this.#onKey, { capture: true })
    this.#target = null
    if (this.#element.isConnected) this.#element.hidePopover()
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    this.#close()
  }

  #place(target: DOMRect): void {
    const { width, height } = this.#element.getBoundingClientRect()
    const fitsBelow = target.bottom + GAP_PX + height + EDGE_PX <= window.innerHeight
    const top = fitsBelow ? target.bottom + GAP_PX : target.top - GAP_PX - height
    const wanted = target.left + target.width / 2 - width / 2
    const left = Math.max(EDGE_PX, Math.min(wanted, window.innerWidth - width - EDGE_PX))
    this.#element.style.top = `${Math.max(EDGE_PX, top)}px`
    this.#element.style.left = `${left}px`
  }
}

let made: Bubble | undefined

function bubble(): Bubble {
  return (made ??= new Bubble())
}
