/**
 * Contract: /stats;csv is HAProxy's CSV: a script that reads columns by name finds what
 * it finds at a real HAProxy 2.6, and empty fields where the engine does not know.
 */
import { once } from 'node:events'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ChildServer } from '../../test/servers/child-server.ts'
import { eventually } from '../../test/servers/eventually.ts'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { temporaryFolder } from '../../test/servers/temporary-folder.ts'
import { programPath, requires } from '../../test/setup/requirements.ts'
import { backendSettings, EngineDouble, HTTP_CHECK } from '../metrics/testing/engine-double.ts'
import { STATS_COLUMNS } from './stats-columns.ts'
import { statsCsv } from './stats-csv.ts'
import { readStatsCsv, type CsvRow } from './testing/csv-reader.ts'

function engine(clock = new ManualClock()): EngineDouble {
  const double = new EngineDouble(clock)
  double.addListener('web', '127.0.0.1:8080')
  double.addPool(
    'api',
    [
      backendSettings('10.0.0.1:80', { healthCheck: HTTP_CHECK, maxConnections: 50 }),
      backendSettings('10.0.0.2:80', { level: 1 })
    ],
    { algorithm: 'least_conn', maxConnections: 200 }
  )
  return double
}

function rowsOf(view: EngineDouble, clock = new ManualClock()): Record<string, CsvRow> {
  const table = readStatsCsv([...statsCsv(view, clock.wallNow())].join(''))
  return Object.fromEntries(table.rows.map((row) => [`${row['pxname']}/${row['svname']}`, row]))
}

describe('statsCsv', () => {
  it("has one row per listener, backend and pool, in HAProxy's order", () => {
    expect(Object.keys(rowsOf(engine()))).toEqual([
      'web/FRONTEND',
      'api/10.0.0.1:80',
      'api/10.0.0.2:80',
      'api/BACKEND'
    ])
  })

  it('tells the connections and requests of a listener', () => {
    const view = engine()
    const listener = view.listeners[0]!
    Object.assign(listener, {
      connections: 3,
      connectionsMax: 9,
      connectionsTotal: 41,
      isOpen: false
    })
    Object.assign(listener.counters, { requests: 100, refused: 2, bytesIn: 11, bytesOut: 22 })
    listener.counters.countResponse(200)
    expect(rowsOf(view)['web/FRONTEND']).toMatchObject({
      type: '0',
      scur: '3',
      smax: '9',
      slim: '10000',
      stot: '41',
      conn_tot: '41',
      req_tot: '100',
      ereq: '2',
      bin: '11',
      bout: '22',
      hrsp_2xx: '1',
      hrsp_5xx: '0',
      status: 'STOP',
      mode: 'http',
      qcur: '',
      weight: ''
    })
  })

  it('tells the traffic, the state and the last probe of a backend', () => {
    const clock = new ManualClock()
    const view = engine(clock)
    const backend = view.pools[0]!.backends[0]!
    Object.assign(backend.counters, {
      requests: 7,
      inFlight: 1,
      inFlightMax: 4,
      bytesIn: 5,
      bytesOut: 6,
      retries: 2,
      redispatches: 1,
      connectErrors: 8,
      responseErrors: 9,
      clientAborts: 10,
      serverAborts: 11,
      connectionsOpened: 12,
      connectionsReused: 13,
      timesDown: 14,
      probesFailed: 15
    })
    view.connections = { open: 6, idle: 4 }
    backend.recordProbe({
      atMs: 0,
      durationMs: 3.6,
      hasPassed: false,
      code: 'L7STS',
      status: 503,
      detail: 'expected 200-299, got 503'
    })
    backend.setHealth('up', 'test')
    clock.advance(61_500)
    expect(rowsOf(view, clock)['api/10.0.0.1:80']).toMatchObject({
      type: '2',
      status: 'UP 2/3',
      weight: '100',
      act: '1',
      bck: '0',
      scur: '1',
      smax: '4',
      slim: '50',
      stot: '7',
      lbtot: '7',
      bin: '5',
      bout: '6',
      wretr: '2',
      wredis: '1',
      econ: '8',
      eresp: '9',
      cli_abrt: '10',
      srv_abrt: '11',
      connect: '12',
      reuse: '13',
      chkdown: '14',
      chkfail: '16',
      srv_icur: '4',
      used_conn_cur: '2',
      lastchg: '61',
      check_status: 'L7STS',
      check_code: '503',
      check_duration: '4',
      last_chk: 'expected 200-299, got 503',
      check_rise: '2',
      check_fall: '3',
      check_health: '3',
      addr: '10.0.0.1:80'
    })
  })

  it('leaves empty what it does not know, and the check of a backend that has none', () => {
    const row = rowsOf(engine())['api/10.0.0.2:80']!
    expect(row).toMatchObject({ status: 'no check', act: '0', bck: '1', slim: '200' })
    const unknown = [
      'downtime',
      'rate',
      'qtime',
      'rtime',
      'ttime',
      'check_status',
      'check_rise',
      'chkfail',
      'cookie'
    ]
    expect(unknown.map((column) => row[column])).toEqual(unknown.map(() => ''))
  })

  it('tells a pool as a whole: who can serve, with what weight, and the sum of failures', () => {
    const view = engine()
    const pool = view.pools[0]!
    pool.counters.requests = 30
    pool.counters.queued = 2
    pool.backends[0]!.setHealth('up', 'test')
    pool.backends[0]!.setWeight(40, 'test')
    pool.backends[0]!.counters.connectErrors = 3
    pool.backends[1]!.counters.connectErrors = 4
    expect(rowsOf(view)['api/BACKEND']).toMatchObject({
      type: '1',
      status: 'UP',
      act: '1',
      bck: '1',
      weight: '40',
      qcur: '2',
      stot: '30',
      econ: '7',
      algo: 'leastconn'
    })
    pool.activeLevel = -1
    expect(rowsOf(view)['api/BACKEND']).toMatchObject({ status: 'DOWN', weight: '0' })
  })

  it('quotes a field with a comma or a quote, and never breaks a row', () => {
    const view = engine()
    view.pools[0]!.backends[0]!.recordProbe({
      atMs: 0,
      durationMs: 1,
      hasPassed: false,
      code: 'L7RSP',
      status: null,
      detail: 'got "no",\r\nthen nothing'
    })
    expect(rowsOf(view)['api/10.0.0.1:80']!['last_chk']).toBe('got "no", then nothing')
  })
})

requires('haproxy')('statsCsv beside a real HAProxy', () => {
  it('has its columns in its order', async () => {
    const real = readStatsCsv(await realHaproxyStats())
    const fixed = real.columns.slice(0, real.columns.indexOf('-') + 1)
    const own = [...statsCsv(engine(), 0)][0]!
    expect([...STATS_COLUMNS]).toEqual(fixed)
    expect(own).toBe(`# ${fixed.join(',')},\n`)
  })
})

/** Starts a HAProxy on Unix sockets only, so that no port can be in use. */
async function realHaproxyStats(): Promise<string> {
  const folder = temporaryFolder()
  const socket = join(folder.path, 'stats.sock')
  const file = folder.write(
    'haproxy.cfg',
    `global\n  stats socket ${socket} level admin\n` +
      'defaults\n  mode http\n  timeout connect 1s\n  timeout client 1s\n  timeout server 1s\n' +
      `listen web\n  bind unix@${folder.path}/web.sock\n  server s1 unix@${folder.path}/none.sock\n`
  )
  const haproxy = await ChildServer.start(programPath('haproxy'), ['-db', '-f', file])
  onTestFinished(async () => {
    await haproxy.stop()
    folder.remove()
  })
  return eventually('the statistics of HAProxy', () => showStat(socket))
}

async function showStat(socket: string): Promise<string | undefined> {
  const connection = createConnection(socket)
  try {
    await once(connection, 'connect')
  } catch {
    // The socket is not there yet: the caller asks again.
    return undefined
  }
  connection.write('show stat\n')
  return text(connection)
}
