/** Attributes of sticky cookies that browsers would refuse together. */
import type { Finding } from '../finding.ts'
import type { LooseNode } from '../loose-document.ts'

/** RFC 6265bis section 4.1.3: a browser drops a cookie of such a name without the attributes. */
const SECURE_PREFIX = /^__(?:Secure|Host)-/i
const HOST_PREFIX = /^__Host-/i

export function* checkSticky(root: LooseNode): Generator<Finding> {
  for (const pool of root.at('pools').items) {
    const sticky = pool.at('sticky')
    if (sticky.isMapping) yield* checkAttributes(sticky)
  }
}

function* checkAttributes(sticky: LooseNode): Generator<Finding> {
  const secure = sticky.at('secure')
  const name = sticky.at('cookie').text ?? ''
  if (sticky.at('same_site').value === 'none' && secure.value === false) {
    const hint = 'Take `secure` out, or choose `same_site: lax`.'
    yield conflict(
      secure,
      'Browsers refuse a cookie with `same_site: none` that is not secure.',
      hint
    )
  }
  if (SECURE_PREFIX.test(name) && secure.value !== true) {
    const place = secure.value === undefined ? sticky.at('cookie') : secure
    yield conflict(
      place,
      `Browsers refuse a cookie of the name ${name} unless it is secure.`,
      'Write `secure: true`.'
    )
  }
  if (!HOST_PREFIX.test(name)) return
  const path = sticky.at('path')
  const wrong = [
    ...(sticky.has('domain') ? [sticky.at('domain')] : []),
    ...(path.value !== undefined && path.value !== '/' ? [path] : [])
  ]
  for (const place of wrong) {
    yield conflict(place, `Browsers refuse a cookie of the name ${name} with this.`, 'Take it out.')
  }
}

function conflict({ path }: LooseNode, message: string, hint: string): Finding {
  return { code: 'CONFLICT', path, at: 'value', message, hint }
}
