/** What it costs to read the key of a request by where it stands. */
import { RequestParser } from '../../../proxy-core/http1/request-parser.ts'
import { DEFAULT_HEAD_LIMITS } from '../../../proxy-core/model/default-settings.ts'
import { parseRequestKey } from '../../../proxy-core/model/request-key.ts'
import { compileRequestKey } from '../../../proxy-core/routing/request-key.ts'
import { compare, type Subject } from './rounds.ts'

const READS = 100_000

/** As a browser sends it. */
const HEAD = [
  'GET /cases/17/lines?page=2&sort=date&case=17 HTTP/1.1',
  'Host: shop.example.test',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'Accept-Language: en-GB,en;q=0.5',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Connection: keep-alive',
  'Cookie: consent=all; theme=dark; SID=0123456789abcdef0123456789abcdef',
  'X-Case-Id: 17',
  '',
  ''
].join('\r\n')

const parser = new RequestParser()
const octets = Buffer.from(HEAD, 'latin1')
parser.parse(octets, 0, octets.length, DEFAULT_HEAD_LIMITS)

function reads(written: string): Subject {
  const read = compileRequestKey(parseRequestKey(written)!)
  return {
    name: written,
    operations: READS,
    run() {
      let length = 0
      for (let request = 0; request < READS; request++) {
        const key = read('/cases/17/lines', 'page=2&sort=date&case=17', '192.0.2.1', (name) =>
          parser.field(HEAD, name)
        )
        length += key.length
      }
      if (length === 0) throw new Error(`${written}: no key was found`)
      return length
    }
  }
}

compare(
  'The key of a request with eight fields',
  ['client_ip', 'path', 'path:2', 'query:case', 'header:x-case-id', 'cookie:SID'].map(reads)
)
