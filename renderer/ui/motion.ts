/** Whether things may move: the system's wish, or the operator's (`data-motion` on the root). */
import { createSubscriber } from 'svelte/reactivity'

const QUERY = '(prefers-reduced-motion: reduce)'

class Motion {
  readonly #follow = createSubscriber((update) => {
    const owned = new AbortController()
    window.matchMedia(QUERY).addEventListener('change', update, { signal: owned.signal })
    const observer = new MutationObserver(update)
    observer.observe(document.documentElement, { attributeFilter: ['data-motion'] })
    return () => {
      owned.abort()
      observer.disconnect()
    }
  })

  /** Read in an effect or in markup, it is followed. */
  get isReduced(): boolean {
    this.#follow()
    const isAsked = document.documentElement.dataset['motion'] === 'reduced'
    return isAsked || window.matchMedia(QUERY).matches
  }
}

export const motion = new Motion()
