/**
 * A mail server that keeps what it is given: RFC 5321 as far as a client that submits mail needs
 * it, STARTTLS (RFC 3207), AUTH PLAIN and LOGIN (RFC 4954). It is strict where a real one is: a
 * command out of order is refused, a bare line feed is a violation, and where it has a certificate
 * neither a log-in nor a mail is taken before the connection is encrypted.
 */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import { eventually } from './eventually.ts'
import { SmtpConversation, type ReceivedMail, type SmtpScript } from './smtp-conversation.ts'

export interface SmtpSinkOptions {
  /** With it STARTTLS is offered and required; absent: neither. */
  readonly certificate?: { readonly certPem: string; readonly keyPem: string }
  /** From the first byte, in place of STARTTLS. */
  readonly isImplicit?: boolean
  /** Default: every log-in is taken, and none is needed. */
  readonly login?: { readonly user: string; readonly password: string }
  readonly script?: SmtpScript
}

export class SmtpSink {
  /** Complete ones, in the order of their arrival. */
  readonly mails: ReceivedMail[] = []
  /** What clients did that no client may do. */
  readonly violations: string[] = []
  /** Every line that clients sent outside a mail, over all connections. */
  readonly commands: string[] = []
  script: SmtpScript
  readonly #options: SmtpSinkOptions
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #accepted = 0
  #port = 0

  private constructor(options: SmtpSinkOptions) {
    this.#options = options
    this.script = options.script ?? {}
    this.#server = createServer((socket) => this.#accept(socket))
  }

  static async start(options: SmtpSinkOptions = {}): Promise<SmtpSink> {
    const sink = new SmtpSink(options)
    await new Promise<void>((resolve, reject) => {
      sink.#server.once('error', reject)
      sink.#server.listen(0, '127.0.0.1', resolve)
    })
    sink.#port = (sink.#server.address() as AddressInfo).port
    return sink
  }

  /** Also after `stop`, for servers that are down. */
  get port(): number {
    return this.#port
  }

  get acceptedCount(): number {
    return this.#accepted
  }

  get openCount(): number {
    return this.#sockets.size
  }

  /** Waits until `count` mails are there, and returns the last of them. */
  async received(count = 1, deadlineMs = 5_000): Promise<ReceivedMail> {
    await eventually(`${count} mails`, () => this.mails.length >= count, deadlineMs)
    return this.mails[count - 1]!
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #accept(socket: Socket): void {
    this.#accepted += 1
    this.#sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => this.#sockets.delete(socket))
    const { certificate, isImplicit = false, login = null } = this.#options
    new SmtpConversation(isImplicit ? this.#encrypted(socket) : socket, {
      isEncrypted: isImplicit,
      upgrade: certificate && !isImplicit ? () => this.#encrypted(socket) : null,
      login,
      script: () => this.script,
      onMail: (mail) => this.mails.push(mail),
      onCommand: (line) => this.commands.push(line),
      onViolation: (violation) => this.violations.push(violation)
    })
  }

  #encrypted(socket: Socket): TLSSocket {
    const { certPem, keyPem } = this.#options.certificate!
    const secureContext = createSecureContext({ cert: certPem, key: keyPem })
    const encrypted = new TLSSocket(socket, { isServer: true, secureContext })
    // A client that does not trust the certificate ends the handshake.
    encrypted.on('error', () => socket.destroy())
    return encrypted
  }
}
