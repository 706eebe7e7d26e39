/**
 * Closed-loop POSTs over raw sockets: each connection sends its next request when the last one was
 * answered. Counts answers by status and keeps how long the acknowledged ones took.
 */
import { connect, type Socket } from 'node:net'

export interface PostLoadOptions {
  readonly port: number
  readonly connections: number
  readonly bodyBytes: number
  readonly durationMs: number
  /** It ends here too; Infinity = never. */
  readonly maxRequests: number
}

export interface PostLoadResult {
  readonly acknowledged: number
  /** Any other answer, and connections that broke. */
  readonly failed: number
  readonly seconds: number
  readonly p99Ms: number
}

const ACCEPTED = 'HTTP/1.1 202 '

export async function postLoad(options: PostLoadOptions): Promise<PostLoadResult> {
  const run = new PostRun(options)
  const startedMs = performance.now()
  await Promise.all(Array.from({ length: options.connections }, (_, n) => run.work(n)))
  const seconds = (performance.now() - startedMs) / 1000
  const sorted = run.tookMs.toSorted((a, b) => a - b)
  const p99Ms = sorted[Math.floor(sorted.length * 0.99)] ?? 0
  return { acknowledged: sorted.length, failed: run.failed, seconds, p99Ms }
}

class PostRun {
  readonly tookMs: number[] = []
  failed = 0
  readonly #options: PostLoadOptions
  readonly #endMs: number
  readonly #body: Buffer

  constructor(options: PostLoadOptions) {
    this.#options = options
    this.#endMs = performance.now() + options.durationMs
    this.#body = Buffer.alloc(options.bodyBytes, 'x')
  }

  /** One connection with a key of its own. */
  async work(number: number): Promise<void> {
    const socket = connect({ port: this.#options.port, host: '127.0.0.1', noDelay: true })
    const request = Buffer.concat([Buffer.from(head(number, this.#body.length)), this.#body])
    try {
      while (this.#goesOn) {
        const beganMs = performance.now()
        socket.write(request)
        const answer = await nextAnswer(socket)
        if (answer.startsWith(ACCEPTED)) this.tookMs.push(performance.now() - beganMs)
        else this.failed++
      }
    } catch {
      this.failed++
    }
    socket.destroy()
  }

  get #goesOn(): boolean {
    return performance.now() < this.#endMs && this.tookMs.length < this.#options.maxRequests
  }
}

function head(number: number, length: number): string {
  const fields = ['Host: bench.test', `X-Case-Id: ${number}`, `Content-Length: ${length}`]
  return ['POST /orders HTTP/1.1', ...fields, '', ''].join('\r\n')
}

/** Rejects when the connection ends before. */
function nextAnswer(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const read = (octets: Buffer): void => {
      text += octets.toString('latin1')
      if (!isWhole(text)) return
      socket.off('data', read).off('close', ended).off('error', ended)
      resolve(text)
    }
    const ended = (): void => reject(new Error('The connection ended.'))
    socket.on('data', read).on('close', ended).on('error', ended)
  })
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return false
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, end + 2))?.[1] ?? 0)
  return text.length >= end + 4 + length
}
