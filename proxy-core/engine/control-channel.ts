/**
 * One end of the control protocol over whatever carries messages between two processes:
 * Node's child-process IPC, Electron's `utilityProcess`, or two ports in memory. Every
 * received message is checked against its schema before anyone sees it.
 */
import type { z } from 'zod'
import { SwitchyardError } from '../model/error-catalogue.ts'

/** The least that a transport must do. */
export interface ControlPort {
  /**
   * Never throws: a message to a closed port is dropped, `onClose` tells of it.
   * `onSent` is called in every case, once this process may exit without losing it.
   */
  postMessage(message: unknown, onSent?: () => void): void
  onMessage(listener: (message: unknown) => void): void
  /** Called once, when the other side is gone. */
  onClose(listener: () => void): void
  close(): void
  /** Messages handed over and not yet taken by the system. */
  readonly backlog: number
}

export interface ChannelHandlers<In> {
  onMessage(message: In): void
  /** PROTOCOL_VIOLATION: the message was dropped. */
  onViolation(error: SwitchyardError): void
  onClose(): void
}

export class ControlChannel<In, Out> {
  readonly #port: ControlPort
  #isOpen = true

  constructor(port: ControlPort, incoming: z.ZodType<In>, handlers: ChannelHandlers<In>) {
    this.#port = port
    port.onMessage((message) => {
      const parsed = incoming.safeParse(message)
      if (parsed.success) handlers.onMessage(parsed.data)
      else handlers.onViolation(violation(message, parsed.error))
    })
    port.onClose(() => {
      this.#isOpen = false
      handlers.onClose()
    })
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  get backlog(): number {
    return this.#port.backlog
  }

  send(message: Out, onSent: () => void = () => {}): void {
    if (this.#isOpen) this.#port.postMessage(message, onSent)
    else onSent()
  }

  close(): void {
    this.#isOpen = false
    this.#port.close()
  }
}

/** Names the kind and the first fault, never the content: a message may carry secrets. */
function violation(message: unknown, error: z.ZodError): SwitchyardError {
  const issue = error.issues[0]
  const kind = kindOf(message)
  const where = issue && issue.path.length > 0 ? ` at ${issue.path.join('.')}` : ''
  return new SwitchyardError(
    'PROTOCOL_VIOLATION',
    `A control message of kind ${kind} was dropped${where}: ${issue?.message ?? 'not valid'}.`,
    { kind }
  )
}

function kindOf(message: unknown): string {
  if (typeof message !== 'object' || message === null || !('kind' in message)) return '(none)'
  return typeof message.kind === 'string' ? JSON.stringify(message.kind.slice(0, 40)) : '(none)'
}
