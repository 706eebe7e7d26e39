/** The router: the address and the route follow each other. */
import { describe, expect, test } from 'vitest'
import { ManualPage } from '../testing/manual-page.ts'
import { Router } from './router.svelte.ts'

describe('Router', () => {
  test('begins where the address says', () => {
    expect(new Router(new ManualPage('/pools/api')).route).toMatchObject({
      screen: 'pools',
      pool: 'api'
    })
  })

  test('goes with a new step in the history, and refines in place', () => {
    const page = new ManualPage()
    const router = new Router(page)
    router.go('pools', { pool: 'api' })
    expect(page.hash()).toBe('/pools/api')
    expect(page.pushes).toBe(1)
    router.refine({ backend: '10.0.0.1:80' })
    expect(page.hash()).toBe('/pools/api/backends/10.0.0.1:80')
    expect(page.pushes).toBe(1)
  })

  test('adds no step for a place where it is already', () => {
    const page = new ManualPage('/traffic')
    const router = new Router(page)
    router.go('traffic')
    expect(page.pushes).toBe(0)
  })

  test('keeps looking at the same moment from screen to screen, until told otherwise', () => {
    const page = new ManualPage('/live?at=2026-11-21T02:14:00.000Z')
    const router = new Router(page)
    router.go('pools')
    expect(page.hash()).toBe('/pools?at=2026-11-21T02:14:00.000Z')
    expect(router.href('traffic')).toBe('#/traffic?at=2026-11-21T02:14:00.000Z')
    router.refine({ atMs: null })
    expect(page.hash()).toBe('/pools')
  })

  test('follows the buttons of the browser until it is stopped', () => {
    const page = new ManualPage()
    const router = new Router(page)
    const stop = router.start()
    page.visit('/config')
    expect(router.screen).toBe('config')
    stop()
    page.visit('/live')
    expect(router.screen).toBe('config')
    expect(page.listenerCount).toBe(0)
  })
})
