/** The backends' side of random conversations: slow, early, cut, or as it should be. */
import type { Socket } from 'node:net'
import { crc32 } from 'node:zlib'
import type { BackendConnection, BackendExchange } from './backend-connection.ts'
import { type SeededRandom } from './seeded-random.ts'
import { pause, wireBody, type Plan, type RandomRun } from './random-run.ts'

/** RST, which a TLS socket can only send by the TCP socket below it. */
function reset({ socket }: BackendConnection): void {
  const { _parent: below } = socket as Socket & { readonly _parent?: Socket }
  ;(below ?? socket).resetAndDestroy()
}

function headOf(plan: Plan, sum: string): string {
  const fields = [`X-Id: ${plan.id}`, `X-Sum: ${sum}`]
  if (plan.answerFraming === 'length') fields.push(`Content-Length: ${plan.answer.length}`)
  if (plan.answerFraming === 'chunked') fields.push('Transfer-Encoding: chunked')
  if (plan.act === 'last') fields.push('Connection: close')
  return `HTTP/1.1 200 OK\r\n${fields.join('\r\n')}\r\n\r\n`
}

/** The backend's side of one exchange. */
export async function perform(
  run: RandomRun,
  random: SeededRandom,
  exchange: BackendExchange
): Promise<void> {
  const { socket } = exchange.connection
  const plan = run.plans.get(exchange.target.split('/').at(-1)!)!
  const received = exchange.request.then(({ body }) => {
    run.executed(plan.id)
    return String(crc32(body))
  })
  if (plan.act === 'slow') {
    socket.pause()
    void pause(1 + random.below(15)).then(() => socket.resume())
  }
  if (plan.act === 'interim') exchange.send('HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n')
  const sum = plan.act === 'early' ? 'early' : await received
  if (plan.act === 'reset') return reset(exchange.connection)
  const head = Buffer.from(headOf(plan, sum))
  if (plan.method === 'HEAD') exchange.send(head)
  else await sendAnswer(plan, random, exchange, head)
  const ends = plan.act === 'last' || plan.act === 'quits' || plan.answerFraming === 'until-close'
  if (ends) exchange.end()
}

async function sendAnswer(
  plan: Plan,
  random: SeededRandom,
  exchange: BackendExchange,
  head: Buffer
): Promise<void> {
  const wire = Buffer.concat([
    head,
    wireBody(plan.answer, plan.answerFraming === 'chunked', random)
  ])
  const isCut = plan.act === 'cut by reset' || plan.act === 'cut by FIN'
  const end = isCut ? head.length + random.below(wire.length - head.length + 1) : wire.length
  const pieces = random.pick([1, 1, 2, 5])
  for (let piece = 0, at = 0; piece < pieces && at < end; piece += 1) {
    const stop = piece === pieces - 1 ? end : Math.min(end, at + random.below(end))
    exchange.send(wire.subarray(at, stop))
    at = stop
    if (piece < pieces - 1) await pause(random.below(4))
  }
  if (plan.act === 'cut by reset') reset(exchange.connection)
  if (plan.act === 'cut by FIN' && end < wire.length) exchange.end()
}
