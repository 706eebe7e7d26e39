/**
 * Contract: a combined line is the line that nginx writes for the same request, so every
 * tool that reads nginx's or Apache's logs reads ours.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ChildServer } from '../../test/servers/child-server.ts'
import { eventually } from '../../test/servers/eventually.ts'
import { freePort } from '../../test/servers/free-ports.ts'
import { isListening } from '../../test/servers/is-listening.ts'
import { RawClient } from '../../test/servers/raw-client.ts'
import { temporaryFolder } from '../../test/servers/temporary-folder.ts'
import { programPath, requires } from '../../test/setup/requirements.ts'
import { combinedFormat } from './combined-format.ts'
import { recordDouble } from './testing/record-double.ts'

/** What log readers use: any line that it does not match is lost to them. */
const COMBINED =
  /^(\S+) (\S+) (\S+) \[(\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] "([^"]*)" (\d{3}) (\d+) "([^"]*)" "([^"]*)"$/

function fieldsOf(line: string): readonly string[] {
  const match = COMBINED.exec(line)
  if (!match) throw new Error(`Not a combined line: ${line}`)
  return match.slice(1)
}

/** Without its line feed. */
const lineOf = (changes: Parameters<typeof recordDouble>[0]): string =>
  combinedFormat()(recordDouble(changes)).slice(0, -1)

describe('combinedFormat', () => {
  it('writes address, time, request, status, body size, referer and user agent', () => {
    const [address, identity, user, , ...rest] = fieldsOf(lineOf({}))
    expect([address, identity, user]).toEqual(['192.0.2.7', '-', '-'])
    expect(rest).toEqual([
      'GET /items?id=1 HTTP/1.1',
      '200',
      '512',
      'https://example.test/',
      'curl/8'
    ])
  })

  it('tells a client that left as 499, absent fields as "-" and an unread request as "-"', () => {
    const line = lineOf({ status: 0, responseBytes: 0, method: '', target: '', fields: {} })
    expect(fieldsOf(line).slice(4)).toEqual(['-', '499', '0', '-', '-'])
  })

  it('stays one line of nine fields whatever the client sends', () => {
    const hostile = '" 200 1 "-" "-"\n127.0.0.1 - - [x] "GET /forged'
    const line = lineOf({
      clientAddress: '1.1.1.1 - -',
      target: `/${hostile}`,
      fields: { referer: hostile, 'user-agent': hostile }
    })
    expect(line).not.toContain('\n')
    expect(fieldsOf(line)).toHaveLength(9)
  })

  it('asks the record for no field that holds a credential', () => {
    const asked: string[] = []
    const record = recordDouble()
    combinedFormat()({ ...record, requestField: (name) => void asked.push(name) })
    expect(asked).toEqual(['referer', 'user-agent'])
  })
})

requires('nginx')('combinedFormat beside a real nginx', () => {
  it('gives the same fields for the same requests', async () => {
    const { port, logFile } = await startNginx()
    const requests = [
      {
        target: '/plain?q=1',
        fields: { referer: 'http://r.example/', 'user-agent': 'agent/1 (x; y)' }
      },
      { target: '/', fields: {} },
      { target: '/empty', fields: { referer: '', 'user-agent': 'a' } },
      {
        target: '/q?x="quoted"&y=back\\slash',
        fields: { 'user-agent': 'say "hi" \\ and \x80\xff~' }
      }
    ]
    for (const { target, fields } of requests) await request(port, target, fields)
    const lines = await eventually('nginx to log', () => {
      const written = readFileSync(logFile, 'latin1').split('\n').slice(0, -1)
      return written.length === requests.length ? written : undefined
    })
    const own = requests.map(({ target, fields }) =>
      lineOf({ clientAddress: '127.0.0.1', target, fields, status: 200, responseBytes: 5 })
    )
    const timeless = (line: string): readonly string[] => fieldsOf(line).with(3, 'time')
    expect(own.map(timeless)).toEqual(lines.map(timeless))
  })
})

async function startNginx(): Promise<{ readonly port: number; readonly logFile: string }> {
  const folder = temporaryFolder()
  const port = await freePort()
  const logFile = `${folder.path}/access.log`
  const file = folder.write(
    'nginx.conf',
    `daemon off; master_process off; pid ${folder.path}/nginx.pid; error_log stderr;\n` +
      'events { worker_connections 16; }\n' +
      `http { access_log ${logFile} combined; client_body_temp_path ${folder.path};\n` +
      `proxy_temp_path ${folder.path}; fastcgi_temp_path ${folder.path};\n` +
      `uwsgi_temp_path ${folder.path}; scgi_temp_path ${folder.path};\n` +
      `server { listen 127.0.0.1:${port}; location / { return 200 "hello"; } } }\n`
  )
  const nginx = await ChildServer.start(programPath('nginx'), ['-p', folder.path, '-c', file])
  onTestFinished(async () => {
    await nginx.stop()
    folder.remove()
  })
  await isListening(port, nginx)
  return { port, logFile }
}

async function request(
  port: number,
  target: string,
  fields: Readonly<Record<string, string>>
): Promise<void> {
  const client = await RawClient.connect(port)
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  client.send(`GET ${target} HTTP/1.1\r\nHost: x\r\n${lines.join('')}\r\n`)
  await client.readResponse()
  client.close()
}
