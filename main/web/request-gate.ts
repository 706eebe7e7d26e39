/**
 * Which requests may reach the web host at all. Any page in the operator's browser can make it
 * send requests to this port, and DNS rebinding makes them look like requests to the page's own
 * site, so Host, Origin and Sec-Fetch-Site are checked before anything else is looked at.
 */

export interface RequestFacts {
  readonly method: string
  /** Every Host field of the request, as received. */
  readonly hosts: readonly string[]
  readonly origin: string | undefined
  /** Sec-Fetch-Site; tools like curl send none. */
  readonly fetchSite: string | undefined
}

export interface Refusal {
  readonly status: 403 | 405
  /** A sentence for the person in front of the browser. */
  readonly reason: string
}

export const READING_METHODS: readonly string[] = ['GET', 'HEAD']

/** `none` is a person's own doing: the address bar, a bookmark, a link in another program. */
const OWN_FETCH_SITES: ReadonlySet<string> = new Set(['none', 'same-origin'])

/** The authorities by which a browser on this machine may name the host. */
export function ownAuthorities(port: number): ReadonlySet<string> {
  return new Set([`127.0.0.1:${port}`, `localhost:${port}`])
}

/** Why a request is refused, or null when it may go on. `methods` are those of its path. */
export function refusalOf(
  request: RequestFacts,
  authorities: ReadonlySet<string>,
  methods: readonly string[] = READING_METHODS
): Refusal | null {
  const [host] = request.hosts
  if (host === undefined || request.hosts.length !== 1 || !authorities.has(host)) {
    return { status: 403, reason: `This console answers to ${[...authorities].join(' or ')} only.` }
  }
  if (request.fetchSite !== undefined && !OWN_FETCH_SITES.has(request.fetchSite)) {
    return {
      status: 403,
      reason: 'Another site sent this request; paste the link into the address bar instead.'
    }
  }
  if (request.origin !== undefined && request.origin !== `http://${host}`) {
    return { status: 403, reason: 'The request comes from another origin.' }
  }
  if (!methods.includes(request.method)) {
    return { status: 405, reason: `This address answers ${methods.join(' and ')} only.` }
  }
  return null
}
