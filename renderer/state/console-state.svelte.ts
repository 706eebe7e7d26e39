/**
 * Everything that the console page knows, in one object that every component reaches with
 * `useConsole()`. It opens and closes the subscriptions: all of them while the window is visible,
 * the verdict alone while it is hidden.
 */
import { untrack } from 'svelte'
import type { Hello } from '../../preload/contract/hello.ts'
import type { IncidentBoard } from '../../preload/contract/incident.ts'
import type { NotificationBoard } from '../../preload/contract/notifications.ts'
import type { Preferences, PreferencesPatch } from '../../preload/contract/preferences.ts'
import type { WorkspaceState } from '../../preload/contract/workspace-state.ts'
import type { ConsoleBackend } from '../backend/console-backend.ts'
import { DEFAULT_PREFERENCES } from './default-preferences.ts'
import { EventLog } from './event-log.svelte.ts'
import { EventOffers } from './event-offers.ts'
import { LiveModel } from './live-model.svelte.ts'
import { HeldEdits } from './held-edits.ts'
import type { Page } from './page.ts'
import { PlanFlow } from './plan-flow.svelte.ts'
import type { Route } from './route.ts'
import { Router } from './router.svelte.ts'
import { HookBoard } from './screen-hooks.svelte.ts'
import { Selection, type Selected } from './selection.svelte.ts'
import { ShellState } from './shell-state.svelte.ts'
import { Toasts } from './toasts.svelte.ts'
import { TrafficLog } from './traffic-log.svelte.ts'
import { ViewPause } from './view-pause.svelte.ts'
import { WallClock } from './wall-clock.svelte.ts'

export class ConsoleState {
  readonly backend: ConsoleBackend
  readonly page: Page
  readonly clock: WallClock
  readonly live: LiveModel
  readonly events: EventLog
  readonly traffic: TrafficLog
  readonly router: Router
  readonly selection = new Selection()
  readonly plans: PlanFlow
  readonly toasts: Toasts
  readonly shell = new ShellState()
  readonly hooks = new HookBoard()
  readonly pause = new ViewPause()
  readonly heldEdits = new HeldEdits()
  /** null until the host has told them. */
  workspace = $state.raw<WorkspaceState | null>(null)
  incidents = $state.raw<IncidentBoard | null>(null)
  notifications = $state.raw<NotificationBoard | null>(null)
  preferences = $state.raw<Preferences>(DEFAULT_PREFERENCES)

  #ends: (() => void)[] = []
  #visibleEnds: (() => void)[] = []

  constructor(backend: ConsoleBackend, page: Page) {
    this.backend = backend
    this.page = page
    this.clock = new WallClock(page)
    this.router = new Router(page)
    this.toasts = new Toasts(page)
    this.plans = new PlanFlow(backend, page, this.toasts)
    this.events = new EventLog(backend)
    this.traffic = new TrafficLog(backend, page, this.pause)
    this.live = new LiveModel({
      backend,
      page,
      clock: this.clock,
      pause: this.pause,
      viewAtMs: () => this.router.route.atMs,
      onOtherEngine: () => this.traffic.restartNumbering()
    })
    this.live.connection = backend.connection
  }

  get hello(): Hello {
    return this.backend.hello
  }

  get isPaused(): boolean {
    return this.pause.isPaused
  }

  /** Begins to follow the host; returns the end of it. */
  start(): () => void {
    const { backend, page } = this
    this.#ends = [
      this.router.start(),
      backend.onConnection((state) => (this.live.connection = state)),
      backend.subscribe('verdict', {}, (verdict) => (this.live.verdict = verdict)),
      page.onVisibility(() => this.#followVisibility()),
      new EventOffers(this).start(),
      this.#tieSelectionToAddress()
    ]
    this.#followVisibility()
    return () => this.#stop()
  }

  /** Space: the view stands, or goes on with the newest. */
  togglePause(): void {
    this.pause.toggle(this.clock.exactMs())
    if (!this.isPaused) this.#catchUp()
  }

  /** To a moment of the past, on the screen that is shown. */
  lookAt(atMs: number): void {
    this.router.refine({ atMs })
  }

  /** Esc: back from the past, out of the pause. */
  backToLive(): void {
    if (this.live.viewAtMs !== null) this.router.refine({ atMs: null })
    if (!this.isPaused) return
    this.pause.resume()
    this.#catchUp()
  }

  async changePreferences(patch: PreferencesPatch): Promise<void> {
    try {
      this.preferences = await this.backend.call('preferences.change', patch)
    } catch (error) {
      this.toasts.problem(error)
    }
  }

  /** A link to a backend selects it, and a selection on Pools is in the address to be passed on. */
  #tieSelectionToAddress(): () => void {
    const { router, selection } = this
    return $effect.root(() => {
      // A new moment in the address is no new thing, so what is named is compared by its text.
      const named = $derived(JSON.stringify(selectedBy(router.route)))
      // Both ends change by themselves: the address by the browser, the selection by a click.
      $effect(() => {
        void named
        untrack(() => this.#selectNamed(selectedBy(router.route)))
      })
      $effect(() => {
        const { pool, backend } = selection
        if (router.screen !== 'pools') return
        const { route } = untrack(() => router)
        const inAddress = backend?.backend ?? null
        if (route.pool !== pool || route.backend !== inAddress) {
          router.refine({ pool, backend: inAddress })
        }
      })
    })
  }

  /** One event of an incident says more than the incident: it stays selected. */
  #selectNamed(named: Selected | null): void {
    const { current } = this.selection
    const event = current?.kind === 'event' ? this.events.find(current.seq) : null
    const isPartOf = named?.kind === 'incident' && event?.incidentId === named.id
    if (named !== null && !isPartOf) this.selection.select(named)
  }

  #catchUp(): void {
    this.live.catchUp()
    this.traffic.catchUp()
  }

  #followVisibility(): void {
    this.#endVisible()
    if (this.page.isHidden()) return
    const { backend } = this
    this.clock.start()
    this.live.follow()
    this.events.follow()
    this.traffic.follow()
    this.#visibleEnds = [
      backend.subscribe('workspace', {}, (workspace) => (this.workspace = workspace)),
      backend.subscribe('preferences', {}, (preferences) => (this.preferences = preferences)),
      backend.subscribe('incidents', {}, (incidents) => (this.incidents = incidents)),
      backend.subscribe('notifications', {}, (board) => (this.notifications = board))
    ]
  }

  #endVisible(): void {
    for (const end of this.#visibleEnds) end()
    this.#visibleEnds = []
    this.clock.stop()
    this.live.unfollow()
    this.events.unfollow()
    this.traffic.unfollow()
  }

  #stop(): void {
    this.#endVisible()
    for (const end of this.#ends) end()
    this.#ends = []
    this.toasts.clear()
  }
}

/** What an address names; null where it names a screen alone. */
function selectedBy({ pool, backend, incidentId }: Route): Selected | null {
  if (incidentId !== null) return { kind: 'incident', id: incidentId }
  if (pool === null) return null
  return backend === null ? { kind: 'pool', pool } : { kind: 'backend', pool, backend }
}
