/**
 * Contract: whatever framings two sides choose and however their bytes are cut, bodies arrive
 * whole, answers keep their order, and one connection carries any sequence of them. Random
 * exchanges on persistent connections; a failure prints the seed that repeats it.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { BackendExchange } from '../servers/backend-connection.ts'
import { RawClient } from '../servers/raw-client.ts'
import { benchOf } from './bench-of-proxies.ts'
import { switchyard } from './switchyard.ts'

const RUNS = 30

interface Part {
  readonly framing: 'none' | 'length' | 'chunked' | 'until-close'
  readonly size: number
  /** Length of the pieces that are written one after the other. */
  readonly pieceSize: number
  readonly chunkSize: number
}

interface Exchange {
  readonly method: 'GET' | 'POST' | 'PUT' | 'HEAD'
  readonly request: Part
  readonly response: Part
  readonly interim: number
}

const part = (framings: readonly Part['framing'][]): fc.Arbitrary<Part> =>
  fc.record({
    framing: fc.constantFrom(...framings),
    size: fc.oneof(
      fc.nat(20),
      fc.integer({ min: 16_000, max: 17_000 }),
      fc.integer({ min: 65_000, max: 140_000 })
    ),
    pieceSize: fc.oneof(fc.integer({ min: 400, max: 5000 }), fc.constant(70_000)),
    chunkSize: fc.integer({ min: 1, max: 40_000 })
  })

const exchange: fc.Arbitrary<Exchange> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'HEAD'),
  request: part(['none', 'length', 'chunked']),
  response: part(['length', 'chunked', 'until-close', 'none']),
  interim: fc.nat(2)
})

const bench = benchOf(switchyard)

test('random sequences of exchanges pass unchanged', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(exchange, { minLength: 1, maxLength: 6 }), async (exchanges) => {
      bench.backend.forget()
      bench.backend.script = (at) => answer(at, exchanges[Number(at.target.slice(1))]!)
      const client = await RawClient.connect(bench.port)
      try {
        for (const [index, wanted] of exchanges.entries()) {
          await carryOut(client, index, wanted)
          if (client.hasEnded) return
        }
      } finally {
        client.close()
      }
    }),
    { numRuns: RUNS }
  )
}, 60_000)

async function carryOut(client: RawClient, index: number, wanted: Exchange): Promise<void> {
  const head = `${wanted.method} /${index} HTTP/1.1\r\nHost: a.test\r\n`
  await client.sendPieces(pieces(head, wanted.request, index))
  for (let n = 0; n < wanted.interim; n += 1) {
    expect((await client.readResponse(wanted.method)).status).toBe(103)
  }
  const response = await client.readResponse(wanted.method)
  const hasBody = wanted.method !== 'HEAD' && wanted.response.framing !== 'none'
  const body = hasBody ? contentOf(wanted.response, index + 100) : Buffer.alloc(0)
  expect(response.body.equals(body)).toBe(true)
  const request = bench.backend.requests[index]!
  const sent =
    wanted.request.framing === 'none' ? Buffer.alloc(0) : contentOf(wanted.request, index)
  expect(request.body.equals(sent)).toBe(true)
  expect(bench.backend.violations).toEqual([])
}

async function answer(at: BackendExchange, wanted: Exchange): Promise<void> {
  await at.request
  at.send('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(wanted.interim))
  const index = Number(at.target.slice(1))
  const { response } = wanted
  const head = response.framing === 'none' ? 'HTTP/1.1 204 None\r\n' : 'HTTP/1.1 200 OK\r\n'
  const all = pieces(head, response, index + 100)
  for (const piece of wanted.method === 'HEAD' ? [onlyHead(all)] : all) {
    at.send(piece)
    await new Promise((resolve) => setImmediate(resolve))
  }
  if (response.framing === 'until-close') at.end()
}

/** Head and body in the wanted framing, cut into pieces. */
function pieces(head: string, wanted: Part, seed: number): Buffer[] {
  const content = contentOf(wanted, seed)
  const wire = Buffer.concat([Buffer.from(head + fieldOf(wanted)), ...bodyOf(content, wanted)])
  const count = Math.ceil(wire.length / wanted.pieceSize)
  return Array.from({ length: count }, (_, index) =>
    wire.subarray(index * wanted.pieceSize, (index + 1) * wanted.pieceSize)
  )
}

function fieldOf({ framing, size }: Part): string {
  if (framing === 'length') return `Content-Length: ${size}\r\n\r\n`
  return framing === 'chunked' ? 'Transfer-Encoding: chunked\r\n\r\n' : '\r\n'
}

function bodyOf(content: Buffer, { framing, chunkSize }: Part): Buffer[] {
  if (framing === 'none') return []
  if (framing !== 'chunked') return [content]
  const chunks: Buffer[] = []
  for (let at = 0; at < content.length; at += chunkSize) {
    const data = content.subarray(at, at + chunkSize)
    chunks.push(Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n'))
  }
  return [...chunks, Buffer.from('0\r\n\r\n')]
}

function contentOf({ size }: Part, seed: number): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, index) => (index * 7 + seed) % 256))
}

function onlyHead(all: readonly Buffer[]): Buffer {
  const wire = Buffer.concat([...all])
  return wire.subarray(0, wire.indexOf('\r\n\r\n') + 4)
}
