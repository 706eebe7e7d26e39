/**
 * Lights an element up once when a value changes (a state, never a number). One short fade, so
 * that nothing blinks (WCAG 2.3.1); with reduced motion nothing at all.
 */
import type { Attachment } from 'svelte/attachments'

export function flash(value: () => string): Attachment<HTMLElement> {
  let seen: string | null = null
  return (element) => {
    const now = value()
    const hasChanged = seen !== null && seen !== now
    seen = now
    if (!hasChanged) return
    const style = getComputedStyle(element)
    const durationMs = millisecondsOf(style.getPropertyValue('--time-flash'))
    if (durationMs === 0) return
    element.animate([{ backgroundColor: style.getPropertyValue('--selected') }, {}], {
      duration: durationMs,
      easing: 'ease-out'
    })
  }
}

/** "600ms" or, as a minifier may write it, ".6s". 0 where there is no such token. */
function millisecondsOf(time: string): number {
  const value = Number.parseFloat(time)
  if (Number.isNaN(value)) return 0
  return /[\d.]ms$/.test(time.trim()) ? value : value * 1000
}
