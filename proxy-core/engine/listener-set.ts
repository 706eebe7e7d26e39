/**
 * The listeners of the running configuration. A new configuration is prepared first (files
 * read, addresses bound) and applied only when all of it can be, so that a bad one changes
 * nothing.
 */
import type { AccessLog } from '../access-log/access-log.ts'
import { AccessLogSet } from '../access-log/access-log-set.ts'
import type { CompiledRoute } from '../exchange/compiled-route.ts'
import { Listener, type ListenerWiring } from '../listener/listener.ts'
import { type SwitchyardError } from '../model/error-catalogue.ts'
import type { ListenerSettings } from '../model/settings.ts'
import { RouteTable } from '../routing/route-table.ts'
import type { Timer } from '../time/clock.ts'
import { CertificateStore } from '../transport/certificate-store.ts'
import type { EngineContext } from './engine-context.ts'
import { listenFailure } from '../listener/listen-failure.ts'
import { ListenerSuccession } from './listener-succession.ts'

/** How often certificate files are looked at: renewals need no signal. */
const CERTIFICATE_CHECK_MS = 10_000

/** Until the configuration that a new listener belongs to is in force. */
const NO_ROUTES = new RouteTable<CompiledRoute>([])

export class ListenerSet {
  readonly #context: EngineContext
  readonly #listeners = new Map<string, Listener>()
  readonly #draining = new Set<Listener>()
  readonly #logs: AccessLogSet
  #certificateTimer: Timer | null = null

  constructor(context: EngineContext) {
    this.#context = context
    this.#logs = new AccessLogSet(context)
  }

  get all(): readonly Listener[] {
    return [...this.#listeners.values()]
  }

  /**
   * Opens every listener that can be opened; the others become events. Rejects with
   * LISTEN_FAILED when none could.
   */
  async open(
    settings: readonly ListenerSettings[],
    routes: RouteTable<CompiledRoute>
  ): Promise<void> {
    const failures: SwitchyardError[] = []
    await this.#openLogs(settings)
    for (const one of settings) {
      try {
        const listener = this.#create(one, routes)
        this.#listeners.set(one.name, listener)
        await this.#bind(listener)
      } catch (error) {
        failures.push(this.#reportFailure(one, error))
      }
    }
    this.#certificateTimer = this.#context.clock.setInterval(
      () => this.refreshCertificates(),
      CERTIFICATE_CHECK_MS
    )
    if (settings.length > 0 && failures.length === settings.length) throw failures[0]!
  }

  /** A log that cannot be written is no reason not to serve: it is reported and left out. */
  async #openLogs(settings: readonly ListenerSettings[]): Promise<void> {
    const usable: ListenerSettings[] = []
    for (const one of settings) {
      try {
        await this.#logs.configure([...usable, one])
        usable.push(one)
      } catch (error) {
        const { code, message } = failureOf(one, error)
        this.#context.emit({ kind: 'fault', code, reason: message })
      }
    }
  }

  /**
   * Binds what is new, then replaces the wiring of what stays and drains what is gone.
   * Throws, with nothing changed, when a new address cannot be bound or a file not be used.
   */
  async replace(
    settings: readonly ListenerSettings[],
    routes: RouteTable<CompiledRoute>,
    drainTimeoutMs: number
  ): Promise<void> {
    const certificates = settings.map((one) => this.#preparedCertificates(one))
    const succession = new ListenerSuccession(this.#leaving(settings))
    try {
      for (const one of settings) {
        if (this.#kept(one) === undefined) await this.#bindAdded(one, succession)
      }
      await this.#logs.configure(settings)
    } catch (error) {
      await succession.undo()
      throw error
    }
    for (const apply of certificates) apply?.()
    const next = settings.map((one) => this.#kept(one) ?? succession.added.get(one)!)
    for (const [name, listener] of [...this.#listeners]) {
      if (!next.includes(listener)) this.#retire(name, listener, drainTimeoutMs)
    }
    this.#listeners.clear()
    for (const [index, one] of settings.entries()) {
      this.#listeners.set(one.name, next[index]!)
      next[index]!.reconfigure(one, this.#wiring(one, routes))
    }
  }

  /** Reads certificate files again that have changed; a bad one leaves the last good pair. */
  refreshCertificates(): void {
    for (const listener of this.#listeners.values()) {
      try {
        for (const file of listener.certificates?.refresh() ?? []) {
          this.#emitListener(listener.name, 'certificate_reloaded', null, `${file} was read again.`)
        }
      } catch (error) {
        const failure = failureOf(listener.settings, error)
        this.#emitListener(listener.name, 'failed', failure.code, failure.message)
      }
    }
  }

  /** null: the listener has none, or it could not be opened. */
  logOf({ accessLog }: ListenerSettings): AccessLog | null {
    return this.#logs.of(accessLog)
  }

  reopenLogs(): void {
    this.#logs.reopen()
  }

  /** Stops accepting everywhere; resolves when every connection has ended. */
  async drain(): Promise<void> {
    this.#certificateTimer?.cancel()
    await Promise.all([...this.#listeners.values(), ...this.#draining].map((one) => one.drain()))
  }

  get busyCount(): number {
    return [...this.#listeners.values(), ...this.#draining].reduce(
      (sum, listener) => sum + listener.busyCount,
      0
    )
  }

  /** Cuts what still runs; returns how many exchanges that ended. */
  destroy(): number {
    const all = [...this.#listeners.values(), ...this.#draining]
    return all.reduce((sum, listener) => sum + listener.destroy(), 0)
  }

  closeLogs(): Promise<void> {
    return this.#logs.close()
  }

  #preparedCertificates(settings: ListenerSettings): (() => void) | undefined {
    if (settings.tls === null) return undefined
    return this.#kept(settings)?.certificates?.prepare(settings.tls.certificates)
  }

  async #bindAdded(settings: ListenerSettings, succession: ListenerSuccession): Promise<void> {
    try {
      const listener = this.#create(settings, NO_ROUTES)
      await succession.open(settings, listener)
      this.#emitListener(settings.name, 'opened', null, `Listening on ${listener.address}.`)
    } catch (error) {
      throw failureOf(settings, error)
    }
  }

  /** The running listener that goes on under these settings: same address and kind. */
  #kept(settings: ListenerSettings): Listener | undefined {
    return this.all.find((listener) => listener.isOpen && isSameSocket(listener.settings, settings))
  }

  #leaving(settings: readonly ListenerSettings[]): readonly Listener[] {
    const staying = new Set(settings.map((one) => this.#kept(one)))
    return this.all.filter((listener) => !staying.has(listener))
  }

  #create(settings: ListenerSettings, routes: RouteTable<CompiledRoute>): Listener {
    const certificates = settings.tls === null ? null : new CertificateStore(settings.tls)
    return new Listener(settings, this.#wiring(settings, routes), certificates, this.#context)
  }

  async #bind(listener: Listener): Promise<void> {
    await listener.open()
    this.#emitListener(listener.name, 'opened', null, `Listening on ${listener.address}.`)
  }

  #wiring(settings: ListenerSettings, routes: RouteTable<CompiledRoute>): ListenerWiring {
    return { routes, accessLog: this.#logs.of(settings.accessLog) }
  }

  #retire(name: string, listener: Listener, drainTimeoutMs: number): void {
    this.#listeners.delete(name)
    this.#draining.add(listener)
    const timer = this.#context.clock.setTimeout(() => listener.closeTunnels(), drainTimeoutMs)
    void listener.drain().then(() => {
      timer.cancel()
      this.#draining.delete(listener)
      this.#emitListener(name, 'closed', null, 'The configuration no longer has it.')
    })
  }

  #reportFailure(settings: ListenerSettings, error: unknown): SwitchyardError {
    const failure = failureOf(settings, error)
    this.#emitListener(settings.name, 'failed', failure.code, failure.message)
    return failure
  }

  #emitListener(
    listener: string,
    outcome: 'opened' | 'closed' | 'failed' | 'certificate_reloaded',
    code: string | null,
    reason: string
  ): void {
    this.#context.emit({ kind: 'listener', listener, outcome, code, reason })
  }
}

/** What cannot change while a socket stays: where it listens, and how its TLS begins. */
function isSameSocket(one: ListenerSettings, other: ListenerSettings): boolean {
  return (
    one.address.host === other.address.host &&
    one.address.port === other.address.port &&
    one.tls?.minVersion === other.tls?.minVersion &&
    (one.tls === null || one.timeouts.requestHeadMs === other.timeouts.requestHeadMs)
  )
}

function failureOf(settings: ListenerSettings, error: unknown): SwitchyardError {
  return listenFailure(`Listener ${settings.name}`, settings.address, error)
}
