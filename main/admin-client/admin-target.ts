/** Which admin API a command speaks to, and with which token. */
import { isLoopback } from '../../proxy-core/model/schema/addresses.ts'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import { findInstance, runningInstances } from './running-instance.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What an operator may say about the instance; at most one of the members is given. */
export interface TargetWish {
  /** Its name, or null: the only one that runs. */
  readonly instance: string | null
  /** The base of an admin API anywhere: `https://ops.example:9443`. */
  readonly url: string | null
}

export interface AdminTarget {
  /** Without a slash at the end. */
  readonly url: string
  /** null: none is known for this address. */
  readonly token: string | null
  /** Where the token is from, for whoever has to look. */
  readonly tokenSource: string
  /** The certificate that the other side must prove to have; null: the system's rules decide. */
  readonly certificateFile: string | null
}

export const TOKEN_VARIABLE = 'SWITCHYARD_ADMIN_TOKEN'

/**
 * Throws INSTANCE_NONE, INSTANCE_AMBIGUOUS, ADMIN_UNREACHABLE, ADMIN_URL_REFUSED or
 * STATE_UNUSABLE.
 */
export async function findTarget(
  { instance: name, url }: TargetWish,
  environment: Environment
): Promise<AdminTarget> {
  if (url !== null) return targetAt(baseOf(url), environment)
  const { endpoint, token, tokenFile, name: found } = await findInstance(name, environment)
  if (endpoint !== null) return { ...endpoint, token, tokenSource: tokenFile }
  throw new SwitchyardError(
    'ADMIN_UNREACHABLE',
    `Instance ${found} runs, but its admin API is not open.`
  )
}

/**
 * A token goes only where it belongs: that of the environment to the address that was typed with
 * it, that of an instance to the address at which this instance itself said that it answers.
 */
async function targetAt(url: string, environment: Environment): Promise<AdminTarget> {
  const own = (await runningInstances(environment)).find(({ endpoint }) => endpoint?.url === url)
  const certificateFile = own?.endpoint?.certificateFile ?? null
  const given = environment[TOKEN_VARIABLE]
  if (given) return { url, token: given, tokenSource: TOKEN_VARIABLE, certificateFile }
  if (own) return { url, token: own.token, tokenSource: own.tokenFile, certificateFile }
  return { url, token: null, tokenSource: TOKEN_VARIABLE, certificateFile: null }
}

/** Scheme, host and port; a path would not be an admin API. */
function baseOf(text: string): string {
  const url = URL.parse(text)
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:'
  if (!url || !isHttp || url.pathname !== '/' || url.search !== '' || url.username !== '') {
    throw refused(`${text} is no address of an admin API, such as http://127.0.0.1:9000.`)
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw refused(`${text} would carry the admin token through the network in clear text.`)
  }
  return url.origin
}

function refused(message: string): SwitchyardError {
  return new SwitchyardError('ADMIN_URL_REFUSED', message)
}
