/**
 * The key with which this tab speaks to the web host: taken once from the address that the
 * one-time link led to, then kept for the life of the tab. It is never in the address bar, in a
 * cookie or in a cache.
 */
import { KEY_PATH, keyAnswerSchema, TICKET_PARAMETER } from '../../preload/contract/web-door.ts'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'

const STORAGE_NAME = 'switchyard.key'

/** The part of `window` that it needs. */
export interface KeyWindow {
  readonly location: { readonly hash: string; readonly pathname: string; readonly search: string }
  readonly history: { replaceState(data: null, unused: string, url: string): void }
  readonly sessionStorage: Pick<Storage, 'getItem' | 'setItem'>
  fetch(
    path: string,
    init: { readonly method: 'POST'; readonly body: string; readonly cache: 'no-store' }
  ): Promise<Pick<Response, 'ok' | 'json'>>
}

/**
 * The tab's key. The ticket leaves the address before anything else happens with it.
 * @throws SwitchyardError ACCESS_REFUSED when this tab has none; CONNECTION_LOST when the host
 * does not answer.
 */
export async function obtainKey(page: KeyWindow): Promise<string> {
  const ticket = takeTicket(page)
  const key = ticket === null ? null : await redeem(page, ticket)
  if (key !== null) page.sessionStorage.setItem(STORAGE_NAME, key)
  const known = key ?? page.sessionStorage.getItem(STORAGE_NAME)
  if (known !== null) return known
  const message =
    'This tab has no key to the console: it was opened without a link of its own, or with one that was used before.'
  throw new SwitchyardError('ACCESS_REFUSED', message)
}

function takeTicket({ location, history }: KeyWindow): string | null {
  const fragment = location.hash.replace(/^#/, '')
  if (!fragment.startsWith(`${TICKET_PARAMETER}=`)) return null
  history.replaceState(null, '', `${location.pathname}${location.search}`)
  return new URLSearchParams(fragment).get(TICKET_PARAMETER)
}

/** null when the ticket was used before: a tab that was restored still has its key. */
async function redeem(page: KeyWindow, ticket: string): Promise<string | null> {
  const response = await answerOf(page, JSON.stringify({ ticket }))
  if (!response.ok) return null
  const answer = keyAnswerSchema.safeParse(await response.json())
  return answer.success ? answer.data.key : null
}

async function answerOf(page: KeyWindow, body: string): Promise<Pick<Response, 'ok' | 'json'>> {
  try {
    return await page.fetch(KEY_PATH, { method: 'POST', body, cache: 'no-store' })
  } catch (cause) {
    const message = 'The console host did not answer when this tab asked for its key.'
    throw new SwitchyardError('CONNECTION_LOST', message, {}, { cause })
  }
}
