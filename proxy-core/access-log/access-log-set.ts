/**
 * The access logs of all listeners. Listeners that name the same file in the same format
 * share one log, and a reload keeps the logs that stay, with what they have buffered.
 */
import type { AccessLogSettings, ListenerSettings } from '../model/settings.ts'
import { AccessLog, type AccessLogDependencies } from './access-log.ts'

export class AccessLogSet {
  readonly #deps: AccessLogDependencies
  #logs = new Map<string, AccessLog>()

  constructor(deps: AccessLogDependencies) {
    this.#deps = deps
  }

  /**
   * Opens what is new; `of` answers by the new listeners as soon as this was called. Rejects
   * with ACCESS_LOG_UNWRITABLE and changes nothing then. Resolves when the logs that nobody
   * names any more are written and closed.
   */
  async configure(listeners: readonly ListenerSettings[]): Promise<void> {
    const logs = new Map<string, AccessLog>()
    const opened: AccessLog[] = []
    try {
      for (const { accessLog } of listeners) {
        if (accessLog === null || logs.has(keyOf(accessLog))) continue
        const kept = this.#logs.get(keyOf(accessLog))
        const log = kept ?? new AccessLog(accessLog, this.#deps)
        if (!kept) opened.push(log)
        logs.set(keyOf(accessLog), log)
      }
    } catch (error) {
      for (const log of opened) void log.close()
      throw error
    }
    const gone = [...this.#logs].filter(([key]) => !logs.has(key)).map(([, log]) => log)
    this.#logs = logs
    await closeAll(gone)
  }

  /** The log of a listener's settings; null when it has none. */
  of(settings: AccessLogSettings | null): AccessLog | null {
    return settings === null ? null : (this.#logs.get(keyOf(settings)) ?? null)
  }

  reopen(): void {
    for (const log of this.#logs.values()) log.reopen()
  }

  close(): Promise<void> {
    const logs = [...this.#logs.values()]
    this.#logs = new Map()
    return closeAll(logs)
  }
}

function keyOf({ format, file }: AccessLogSettings): string {
  return `${format} ${file ?? ''}`
}

async function closeAll(logs: readonly AccessLog[]): Promise<void> {
  await Promise.all(logs.map((log) => log.close()))
}
