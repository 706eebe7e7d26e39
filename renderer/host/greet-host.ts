/**
 * Asks the host who it is: over the bridge where the host put one into the page, else over HTTP.
 * The answer comes from another process, so it is checked.
 */
import { z } from 'zod'
import { BRIDGE_NAME, HELLO_PATH, type ConsoleBridge } from '../../preload/contract/bridge.ts'
import { helloSchema, type Hello } from '../../preload/contract/hello.ts'

// Zod's compiled parsers need `new Function`, which the page's content security policy forbids.
z.config({ jitless: true })

/** The part of `window` that it needs. */
export interface HostWindow {
  readonly [BRIDGE_NAME]?: ConsoleBridge
  fetch(path: string): Promise<Pick<Response, 'ok' | 'status' | 'json'>>
}

/** @throws Error with a sentence when the host does not answer, or answers nonsense. */
export async function greetHost(host: HostWindow): Promise<Hello> {
  const bridge = host[BRIDGE_NAME]
  const answer = helloSchema.safeParse(await (bridge?.hello() ?? fetchHello(host)))
  if (!answer.success) throw new Error('The host and this page are of different versions.')
  return answer.data
}

async function fetchHello(host: HostWindow): Promise<unknown> {
  const response = await host.fetch(HELLO_PATH)
  if (!response.ok) throw new Error(`The host answered ${response.status}.`)
  return response.json()
}
