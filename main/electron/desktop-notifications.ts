/** Shows the notices of the verdict as notifications of the operating system. */
import { Notification } from 'electron'
import type { IncidentBoard } from '../../preload/contract/incident.ts'
import type { Preferences } from '../../preload/contract/preferences.ts'
import type { Clock } from '../../proxy-core/time/clock.ts'
import type { Console } from '../console/console-parts.ts'
import { VerdictNotices, type Notice } from './verdict-notices.ts'

export interface DesktopNotificationsParts {
  readonly console: Pick<Console, 'verdict' | 'topics'>
  readonly clock: Clock
  preferences(): Preferences
  /** The operator has clicked. */
  open(incidentId: number | null): void
}

export class DesktopNotifications {
  readonly #parts: DesktopNotificationsParts
  readonly #notices: VerdictNotices
  readonly #ends: readonly (() => void)[]
  #incidents: IncidentBoard = { open: [], recent: [] }
  #isJudging = false
  #hasStopped = false
  /** Held: a notification that is collected answers no click. */
  #shown: Notification | null = null

  constructor(parts: DesktopNotificationsParts) {
    this.#parts = parts
    this.#notices = new VerdictNotices(parts.clock)
    const { topics, verdict } = parts.console
    this.#notices.take(verdict.current, null)
    this.#ends = [
      topics.incidents.open({}, (board) => (this.#incidents = board)),
      verdict.onChange(() => this.#judgeSoon())
    ]
  }

  stop(): void {
    this.#hasStopped = true
    for (const end of this.#ends) end()
    this.#takeBack()
  }

  /** The verdict is told first; the incident of the same happening is opened in the same turn. */
  #judgeSoon(): void {
    if (this.#isJudging) return
    this.#isJudging = true
    queueMicrotask(() => {
      this.#isJudging = false
      if (!this.#hasStopped) this.#judge()
    })
  }

  #judge(): void {
    const { console, preferences } = this.#parts
    const { open, recent } = this.#incidents
    const incident = open[0] ?? recent[0]
    const word = this.#notices.take(console.verdict.current, incident?.id ?? null)
    if (word?.kind === 'take_back') this.#takeBack()
    if (word?.kind === 'tell' && preferences().notifications.isOn) this.#show(word.notice)
  }

  /** One stands at a time: the newest word replaces the one before. */
  #show({ title, body, incidentId }: Notice): void {
    this.#takeBack()
    const notification = new Notification({ title, body })
    notification.on('click', () => this.#parts.open(incidentId))
    this.#shown = notification
    notification.show()
  }

  #takeBack(): void {
    this.#shown?.close()
    this.#shown = null
  }
}
