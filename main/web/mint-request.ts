/** Asks the running console for another one-time link. */
import { request, type ClientRequest, type IncomingMessage } from 'node:http'
import { z } from 'zod'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import { hostFileOf, readHostFile, type HostFacts } from './host-file.ts'
import { ENTER_PATH, MINT_PATH } from './link-door.ts'

const ANSWER_LIMIT_MS = 5_000

/** Of a link, with room to spare. */
const MAX_ANSWER_CHARACTERS = 1024

const answerSchema = z.strictObject({ url: z.string() })

/** Throws CONSOLE_NOT_RUNNING or STATE_UNUSABLE. */
export async function linkToRunningConsole(stateFolder: string): Promise<string> {
  const facts = await readHostFile(stateFolder)
  if (facts === null) {
    throw notRunning(`No console serves a browser: ${hostFileOf(stateFolder)} is not there.`)
  }
  try {
    const { url } = answerSchema.parse(JSON.parse(await mint(facts)))
    if (!isLinkOf(facts, url)) throw new Error('it is another program')
    return url
  } catch (error) {
    // A console that was killed leaves its file behind.
    const reason = error instanceof Error ? error.message : String(error)
    const place = `127.0.0.1:${facts.port}`
    throw notRunning(`The console that was at ${place} does not answer (${reason}).`, error)
  }
}

/**
 * A console that was killed leaves its port to whoever takes it, another user included: what that
 * one answers must not reach the operator's terminal or browser.
 */
function isLinkOf({ port }: HostFacts, url: string): boolean {
  const [, link = ''] = /=([\w-]+)$/.exec(url) ?? []
  return url === `http://127.0.0.1:${port}${ENTER_PATH}?link=${link}`
}

function notRunning(message: string, cause?: unknown): SwitchyardError {
  return new SwitchyardError('CONSOLE_NOT_RUNNING', message, {}, { cause })
}

async function mint({ port, mintKey }: HostFacts): Promise<string> {
  const asking = request({
    host: '127.0.0.1',
    port,
    path: MINT_PATH,
    method: 'POST',
    headers: { authorization: `Bearer ${mintKey}` },
    agent: false,
    signal: AbortSignal.timeout(ANSWER_LIMIT_MS)
  })
  const response = await responseTo(asking)
  let body = ''
  for await (const part of response as AsyncIterable<Buffer>) {
    body += part.toString('utf8')
    if (body.length > MAX_ANSWER_CHARACTERS) throw new Error('its answer has no end')
  }
  if (response.statusCode !== 200) throw new Error(`it answers ${response.statusCode}`)
  return body
}

function responseTo(asking: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asking.once('response', resolve)
    asking.once('error', reject)
    asking.end()
  })
}
