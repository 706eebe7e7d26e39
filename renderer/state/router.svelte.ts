/** Where the operator is, kept in the hash of the address (it works under any host). */
import type { Page } from './page.ts'
import { HOME, readRoute, writeRoute, type Route, type ScreenName } from './route.ts'

export class Router {
  route = $state.raw<Route>(HOME)

  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
    this.route = readRoute(page.hash())
  }

  get screen(): ScreenName {
    return this.route.screen
  }

  /** Follows the address; returns the end of it. */
  start(): () => void {
    return this.#page.onHash(() => {
      this.route = readRoute(this.#page.hash())
    })
  }

  /**
   * To a screen, with a new step in the browser's history. A moment of the past stays looked at;
   * what else is not named is left behind.
   */
  go(screen: ScreenName, parts: Partial<Omit<Route, 'screen'>> = {}): void {
    this.#set(this.#routeTo(screen, parts), 'push')
  }

  /** Changes a part of the address in place: a selection, a moment. */
  refine(parts: Partial<Omit<Route, 'screen'>>): void {
    this.#set({ ...this.route, ...parts }, 'replace')
  }

  /** For links: `<a href={router.href('pools', { pool })}>`. */
  href(screen: ScreenName, parts: Partial<Omit<Route, 'screen'>> = {}): string {
    return `#${writeRoute(this.#routeTo(screen, parts))}`
  }

  #routeTo(screen: ScreenName, parts: Partial<Omit<Route, 'screen'>>): Route {
    return { ...HOME, atMs: this.route.atMs, ...parts, screen }
  }

  #set(route: Route, mode: 'push' | 'replace'): void {
    const hash = writeRoute(route)
    this.route = route
    if (hash !== this.#page.hash()) this.#page.setHash(hash, mode)
  }
}
