/** Server states out of `/stats;csv`, which Switchyard and HAProxy write alike. */
import { get } from 'node:http'

export interface StatusPage {
  readonly name: string
  readonly port: number
  readonly path: string
  /** For pages that ask for a bearer token. */
  readonly token?: string
}

/** State by server name. */
export async function readStatus(page: StatusPage): Promise<ReadonlyMap<string, string>> {
  const [header = '', ...rows] = (await fetchText(page)).split('\n')
  const columns = header.replace(/^# /, '').split(',')
  const [name, status] = ['svname', 'status'].map((column) => columns.indexOf(column))
  return new Map(rows.map((row) => row.split(',')).map((cells) => [cells[name!]!, cells[status!]!]))
}

function fetchText({ port, path, token }: StatusPage): Promise<string> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
      let text = ''
      response.on('data', (bytes: Buffer) => (text += bytes.toString()))
      response.on('end', () => resolve(text))
    }).on('error', reject)
  })
}
