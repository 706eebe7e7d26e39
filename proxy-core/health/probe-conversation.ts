/**
 * The one connection of one probe, from the connection attempt to its end: TCP, TLS where
 * the check wants it, then whatever the type of probe has to say. It owns the socket, the
 * timer and the listeners of the probe and releases all three whatever happens.
 */
import { isIP, type Socket } from 'node:net'
import {
  checkServerIdentity,
  connect as connectTls,
  type ConnectionOptions,
  type TLSSocket
} from 'node:tls'
import type { ProbeCode } from '../model/probe-record.ts'
import type { UpstreamTlsSettings } from '../model/settings.ts'
import { formatDuration } from '../model/units.ts'
import type { Timer } from '../time/clock.ts'
import { trustOf, type UpstreamTrust } from '../upstream/upstream-trust.ts'
import type { ProbeRequest, ProbeResult } from './probe.ts'
import { describeSocketFailure, errorCode, isLocalShortage, messageOf } from './socket-failure.ts'

export interface Verdict {
  readonly hasPassed: boolean
  readonly code: ProbeCode
  /** HTTP status, or null where none arrived. */
  readonly status: number | null
  readonly detail: string
  /** Default true; see `ProbeResult.isConclusive`. */
  readonly isConclusive?: boolean
}

/** The first verdict counts, later ones are ignored. */
export type Judge = (verdict: Verdict) => void

/**
 * Called once the connection stands. Socket errors and the timeout are judged for it; it
 * judges what only the protocol knows, also whether a closed connection was an answer.
 */
export type Talk = (socket: Socket, judge: Judge) => void

type Layer = 'tcp' | 'tls' | 'protocol'

const TIMEOUT_CODES = { tcp: 'L4TOUT', tls: 'L6TOUT', protocol: 'L7TOUT' } as const
const FAILURE_CODES = { tcp: 'L4CON', tls: 'L6RSP', protocol: 'L7RSP' } as const
const TIMEOUT_WORDS = {
  tcp: 'did not accept the connection',
  tls: 'did not finish the TLS handshake',
  protocol: 'did not answer'
} as const

/** Runs one probe over one connection. Never rejects. */
export function converse(request: ProbeRequest, talk: Talk): Promise<ProbeResult> {
  return new Conversation(request, talk).result
}

/** "10.0.0.1:80", "[::1]:80". */
export function peerName(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

class Conversation {
  readonly result: Promise<ProbeResult>
  readonly #request: ProbeRequest
  readonly #talk: Talk
  readonly #peer: string
  readonly #atMs: number
  readonly #startedMs: number
  readonly #timer: Timer
  #layer: Layer = 'tcp'
  #socket: Socket | null = null
  #secure: TLSSocket | null = null
  #settle: ((result: ProbeResult) => void) | null = null

  constructor(request: ProbeRequest, talk: Talk) {
    this.#request = request
    this.#talk = talk
    this.#peer = peerName(request.address, request.port)
    this.#atMs = request.clock.wallNow()
    this.#startedMs = request.clock.now()
    this.result = new Promise((resolve) => (this.#settle = resolve))
    this.#timer = request.clock.setTimeout(this.#timedOut, request.timeoutMs)
    request.signal.addEventListener('abort', this.#aborted)
    if (request.signal.aborted) this.#aborted()
    else this.#open()
  }

  #open(): void {
    try {
      const socket = this.#request.connect(this.#request.address, this.#request.port)
      this.#socket = socket
      socket.on('error', this.#failed)
      socket.on('close', this.#closed)
      socket.once('connect', () => this.#connected(socket))
    } catch (error) {
      this.#failed(error)
    }
  }

  #connected(socket: Socket): void {
    const { tls } = this.#request.settings
    if (tls === null) this.#begin(socket)
    else this.#encrypt(socket, tls)
  }

  #encrypt(socket: Socket, settings: UpstreamTlsSettings): void {
    this.#layer = 'tls'
    let trust: UpstreamTrust
    try {
      trust = trustFor(settings)
    } catch (error) {
      return this.#judge(localFailure(this.#layer, messageOf(error)))
    }
    const secure = connectTls({ socket, ...tlsOptions(trust, this.#request) })
    this.#secure = secure
    secure.on('error', this.#failed)
    secure.on('close', this.#closed)
    secure.once('secureConnect', () => this.#begin(secure))
  }

  #begin(socket: Socket): void {
    if (this.#settle === null) return
    this.#layer = 'protocol'
    try {
      this.#talk(socket, this.#judge)
    } catch (error) {
      // Node refuses to send what the settings ask for: no fault of the backend.
      this.#judge(localFailure(this.#layer, messageOf(error)))
    }
  }

  readonly #timedOut = (): void => {
    const within = formatDuration(Math.round(this.#request.timeoutMs))
    this.#fail(
      TIMEOUT_CODES[this.#layer],
      `${this.#peer} ${TIMEOUT_WORDS[this.#layer]} within ${within}.`
    )
  }

  readonly #aborted = (): void => {
    this.#judge(localFailure(this.#layer, 'The probe was ended early.'))
  }

  readonly #failed = (error: unknown): void => {
    const detail =
      this.#layer === 'tls' && !isLocalShortage(error)
        ? `The TLS handshake with ${this.#peer} failed: ${messageOf(error)}`
        : describeSocketFailure(this.#peer, error)
    if (isLocalShortage(error)) return this.#judge(localFailure(this.#layer, detail))
    // The kernel's own limit may be shorter than ours; it is a timeout all the same.
    const isTimeout = errorCode(error) === 'ETIMEDOUT'
    this.#fail((isTimeout ? TIMEOUT_CODES : FAILURE_CODES)[this.#layer], detail)
  }

  readonly #closed = (): void => {
    if (this.#layer === 'protocol') return
    const before = this.#layer === 'tls' ? 'the TLS handshake was done' : 'it was open'
    this.#fail(FAILURE_CODES[this.#layer], `${this.#peer} closed the connection before ${before}.`)
  }

  #fail(code: ProbeCode, detail: string): void {
    this.#judge({ hasPassed: false, code, status: null, detail })
  }

  readonly #judge: Judge = (verdict) => {
    const settle = this.#settle
    if (settle === null) return
    this.#settle = null
    this.#release(verdict.hasPassed)
    const { hasPassed, code, status, detail, isConclusive = true } = verdict
    const durationMs = this.#request.clock.now() - this.#startedMs
    const record = { atMs: this.#atMs, durationMs, hasPassed, code, status, detail }
    settle({ record, isConclusive })
  }

  #release(hasPassed: boolean): void {
    this.#timer.cancel()
    this.#request.signal.removeEventListener('abort', this.#aborted)
    const raw = this.#socket
    if (raw === null) return
    const socket = this.#secure ?? raw
    // The last flight of a handshake may still be under way; the backend should get it.
    if (hasPassed) socket.destroySoon()
    // While a socket is connecting `resetAndDestroy` waits for the connection, and after
    // `end` libuv refuses to reset (EINVAL) and Node then never closes the descriptor.
    else if (raw.connecting || socket.writableEnded) socket.destroy()
    // A reset takes a failed probe out of the backlog of a frozen backend, which otherwise
    // answers all of them when it wakes, and leaves no orphan here.
    else raw.resetAndDestroy()
  }
}

function localFailure(layer: Layer, detail: string): Verdict {
  return {
    hasPassed: false,
    code: FAILURE_CODES[layer],
    status: null,
    detail,
    isConclusive: false
  }
}

/** One context per check: making one costs more than the handshake. Unusable files are read again. */
const trusts = new WeakMap<UpstreamTlsSettings, UpstreamTrust>()

function trustFor(settings: UpstreamTlsSettings): UpstreamTrust {
  let trust = trusts.get(settings)
  if (trust === undefined) {
    trust = trustOf(settings)
    trusts.set(settings, trust)
  }
  return trust
}

function tlsOptions(trust: UpstreamTrust, request: ProbeRequest): ConnectionOptions {
  const name = trust.serverName ?? request.host
  return {
    secureContext: trust.context,
    // SNI must be a name: RFC 6066 section 3 forbids addresses.
    servername: isIP(name) === 0 ? name : '',
    rejectUnauthorized: trust.isVerifying,
    ...(request.settings.type === 'http' ? { ALPNProtocols: ['http/1.1'] } : {}),
    ...(trust.isVerifying
      ? { checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate) }
      : {})
  }
}
