/**
 * "Point me at my backends": the addresses as they are typed with what each answered, the port,
 * and whether that is enough to start. Probes follow the typing by 400 ms; one that is no longer
 * wanted is cancelled.
 */
import type { MethodResult } from '../../../preload/contract/methods.ts'
import type { ConsoleBackend } from '../../backend/console-backend.ts'
import type { Page } from '../../state/page.ts'
import { problemFrom, type Problem } from '../../ui/data-state.ts'
import { eachOnce, pastedAddresses, readPort } from './pasted-addresses.ts'
import { ProbeRuns } from './probe-runs.ts'

export const TYPING_PAUSE_MS = 400
/** The port that is offered first. */
export const USUAL_PORT = 8080
/** So many at a time: a pasted list must not become a storm. */
const MAX_PROBES = 6

type Probe = MethodResult<'setup.probe'>
export type SetupOutcome = MethodResult<'setup.start'>

export interface AddressLine {
  /** As typed. */
  readonly typed: string
  /** null while it is asked. */
  readonly probe: Probe | null
}

export class SetupForm {
  text = $state('')
  portText = $state('')
  isStarting = $state(false)
  problem = $state.raw<Problem | null>(null)
  #probes = $state.raw<readonly AddressLine[]>([])
  #portAnswer = $state.raw<MethodResult<'setup.port'> | null>(null)

  readonly lines: readonly AddressLine[] = $derived(
    pastedAddresses(this.text).map((typed) => {
      return this.#probes.find((known) => known.typed === typed) ?? { typed, probe: null }
    })
  )

  readonly #backend: ConsoleBackend
  readonly #page: Page
  readonly #running = new ProbeRuns()
  #asking = new AbortController()
  #cancelTyping: (() => void) | null = null
  #cancelPortTyping: (() => void) | null = null

  constructor(backend: ConsoleBackend, page: Page) {
    this.#backend = backend
    this.#page = page
  }

  /** Addresses as the configuration would have them; those that are none are left out. */
  get addresses(): readonly string[] {
    const known = this.lines.flatMap(({ probe }) => probe?.address ?? [])
    return eachOnce(known)
  }

  /** Why it cannot start yet; null when it can. */
  get missing(): string | null {
    const { lines } = this
    if (lines.length === 0) return 'Paste at least one address.'
    const port = readPort(this.portText)
    if ('problem' in port) return port.problem
    if (lines.some(({ probe }) => probe === null)) return 'The addresses are being asked.'
    return this.addresses.length === 0 ? 'None of these is an address.' : null
  }

  /** Why the port will not do; null when it will, or while that is asked. */
  get portProblem(): string | null {
    const port = readPort(this.portText)
    if ('problem' in port) return this.portText === '' ? null : port.problem
    const answer = this.#portAnswer
    return answer === null || answer.isWanted ? null : answer.reason
  }

  /** A free port, where the wanted one is not. */
  get freePort(): number | null {
    const answer = this.#portAnswer
    return answer === null || answer.isWanted ? null : answer.port
  }

  /** Prefills the port; returns the end of everything that runs. */
  begin(): () => void {
    void this.#askPort(USUAL_PORT, true)
    return () => this.#end()
  }

  type(text: string): void {
    this.text = text
    this.#cancelTyping?.()
    this.#dropUnwanted()
    this.#cancelTyping = this.#page.after(TYPING_PAUSE_MS, () => this.#probeNext())
  }

  typePort(text: string): void {
    this.portText = text
    this.#portAnswer = null
    this.#cancelPortTyping?.()
    const read = readPort(text)
    if ('problem' in read) return
    this.#cancelPortTyping = this.#page.after(TYPING_PAUSE_MS, () => {
      void this.#askPort(read.port, false)
    })
  }

  /** null when it did not start; `problem` says why. */
  async start(): Promise<SetupOutcome | null> {
    const port = readPort(this.portText)
    if (this.missing !== null || 'problem' in port || this.isStarting) return null
    this.isStarting = true
    this.problem = null
    try {
      const args = { addresses: [...this.addresses], port: port.port }
      return await this.#backend.call('setup.start', args)
    } catch (error) {
      this.problem = problemFrom(error, 'The listener was not started.')
      return null
    } finally {
      this.isStarting = false
    }
  }

  #dropUnwanted(): void {
    this.#running.keep(pastedAddresses(this.text))
  }

  #probeNext(): void {
    const open = this.lines.filter(
      ({ typed, probe }) => probe === null && !this.#running.has(typed)
    )
    for (const { typed } of open.slice(0, Math.max(0, MAX_PROBES - this.#running.size))) {
      void this.#probe(typed)
    }
  }

  async #probe(typed: string): Promise<void> {
    const signal = this.#running.begin(typed)
    const probe = await this.#ask(typed, signal)
    if (signal.aborted) return
    this.#running.end(typed)
    this.#probes = [...this.#probes, { typed, probe }]
    this.#probeNext()
  }

  async #ask(typed: string, signal: AbortSignal): Promise<Probe> {
    try {
      return await this.#backend.call('setup.probe', { address: typed }, { signal })
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error)
      return { address: null, isTls: false, outcome: 'failed', sentence }
    }
  }

  async #askPort(port: number, isPrefill: boolean): Promise<void> {
    this.#asking.abort()
    const asking = new AbortController()
    this.#asking = asking
    try {
      const answer = await this.#backend.call('setup.port', { port }, { signal: asking.signal })
      if (asking.signal.aborted) return
      if (!isPrefill) this.#portAnswer = answer
      else if (this.portText === '') this.portText = String(answer.port)
    } catch (error) {
      if (asking.signal.aborted) return
      this.problem = problemFrom(error, 'No free port could be found.')
    }
  }

  #end(): void {
    this.#cancelTyping?.()
    this.#cancelPortTyping?.()
    this.#asking.abort()
    this.#running.keep([])
  }
}
