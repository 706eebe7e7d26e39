/** A server that keeps what is posted to it, and answers by a script: a status, a redirection, nothing. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { eventually } from './eventually.ts'

export interface ReceivedPost {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export type WebhookScript = (post: ReceivedPost, response: ServerResponse) => void

export interface WebhookReceiverOptions {
  readonly certificate?: { readonly certPem: string; readonly keyPem: string }
  readonly script?: WebhookScript
}

export class WebhookReceiver {
  readonly posts: ReceivedPost[] = []
  script: WebhookScript
  readonly #server: Server
  readonly #scheme: 'http' | 'https'
  #port = 0

  private constructor({ certificate, script }: WebhookReceiverOptions) {
    this.script = script ?? ((_post, response) => response.writeHead(204).end())
    const take = (request: IncomingMessage, response: ServerResponse): void =>
      void this.#take(request, response)
    this.#scheme = certificate ? 'https' : 'http'
    this.#server = certificate
      ? createTlsServer({ cert: certificate.certPem, key: certificate.keyPem }, take)
      : createServer(take)
  }

  static async start(options: WebhookReceiverOptions = {}): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver(options)
    await new Promise<void>((resolve, reject) => {
      receiver.#server.once('error', reject)
      receiver.#server.listen(0, '127.0.0.1', resolve)
    })
    receiver.#port = (receiver.#server.address() as AddressInfo).port
    return receiver
  }

  url(path = '/hook'): string {
    return `${this.#scheme}://127.0.0.1:${this.#port}${path}`
  }

  /** Connections that are open now. */
  openCount(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
    })
  }

  /** Waits until `count` posts are there, and returns the last of them. */
  async received(count = 1, deadlineMs = 5_000): Promise<ReceivedPost> {
    await eventually(`${count} posts`, () => this.posts.length >= count, deadlineMs)
    return this.posts[count - 1]!
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const { method = '', url: path = '', headers } = request
    const post = { method, path, headers, body: Buffer.concat(chunks).toString('utf8') }
    this.posts.push(post)
    this.script(post, response)
  }
}
