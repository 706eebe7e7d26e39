/** What the host asks of its page: an action that was chosen in the menu, an incident to show. */
import type { HostRequest } from '../../preload/contract/host-menu.ts'
import type { TopicSource } from '../contract/topic-sources.ts'

type Push = (request: HostRequest) => void

export class PageRequests {
  readonly #pages = new Set<Push>()
  #lastSeq = 0
  /** An incident that was to be shown while no page listened: shown to the next one. */
  #waiting: HostRequest | null = null

  readonly topic: TopicSource<'hostRequests'> = {
    open: (_args, push) => {
      this.#pages.add(push)
      if (this.#waiting !== null) push(this.#waiting)
      this.#waiting = null
      return () => this.#pages.delete(push)
    }
  }

  /** A choice that no page hears is none: nothing happens later that nobody expects any more. */
  runAction(actionId: string): void {
    this.#tell({ kind: 'action', seq: ++this.#lastSeq, actionId })
  }

  showIncident(incidentId: number): void {
    const request: HostRequest = { kind: 'incident', seq: ++this.#lastSeq, incidentId }
    if (this.#pages.size === 0) this.#waiting = request
    this.#tell(request)
  }

  #tell(request: HostRequest): void {
    for (const push of this.#pages) push(request)
  }
}
