/** Runs every attack against every proxy and makes `docs/reference/http-framing.md` of it. */
import { RecordingBackend } from '../servers/recording-backend.ts'
import { observeAttack } from './observe-attack.ts'
import { verdict } from './observation.ts'
import type { ProxyUnderTest, RunningProxy } from './proxy-under-test.ts'
import { REQUEST_ATTACKS } from './request-attacks/index.ts'
import { RESPONSE_ATTACKS } from './response-attacks/index.ts'
import { observeResponse, responseVerdict } from './response-attacks/observe-response.ts'
import { answerWithTarget } from '../servers/recording-backend.ts'

interface Participant {
  readonly label: string
  readonly backend: RecordingBackend
  readonly running: RunningProxy
}

interface Row {
  readonly name: string
  readonly cells: readonly string[]
}

export async function framingDocument(proxies: readonly ProxyUnderTest[]): Promise<string> {
  const participants: Participant[] = []
  try {
    for (const proxy of proxies) participants.push(await join(proxy))
    const labels = participants.map(({ label }) => label)
    const sections = await requestSections(participants, labels)
    const responses = table('A backend answers with', labels, await responseRows(participants))
    return `${INTRODUCTION}\n${sections.join('\n')}\n## Responses\n\n${responses}`
  } finally {
    for (const { running, backend } of participants) {
      await running.stop()
      await backend.stop()
    }
  }
}

async function join(proxy: ProxyUnderTest): Promise<Participant> {
  const backend = await RecordingBackend.start()
  return { label: proxy.label(), backend, running: await proxy.start([backend.port]) }
}

async function requestSections(
  participants: readonly Participant[],
  labels: readonly string[]
): Promise<string[]> {
  const sections: string[] = []
  for (const { title, cases } of REQUEST_ATTACKS) {
    const rows: Row[] = []
    for (const { name, bytes } of cases) {
      const cells: string[] = []
      for (const { running, backend } of participants) {
        backend.script = answerWithTarget()
        cells.push(verdict(await observeAttack(running.port, backend, [bytes])))
      }
      rows.push({ name, cells })
    }
    sections.push(`## ${title}\n\n${table('A client sends', labels, rows)}`)
  }
  return sections
}

async function responseRows(participants: readonly Participant[]): Promise<Row[]> {
  const rows: Row[] = []
  for (const attack of RESPONSE_ATTACKS) {
    const cells: string[] = []
    for (const { running, backend } of participants) {
      cells.push(responseVerdict(await observeResponse(running.port, backend, attack)))
    }
    rows.push({ name: attack.name, cells })
  }
  return rows
}

function table(what: string, labels: readonly string[], rows: readonly Row[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const lines = [
    line([what, ...labels]),
    line([what, ...labels].map(() => '---')),
    ...rows.map(({ name, cells }) => line([name, ...cells]))
  ]
  return `${lines.join('\n')}\n`
}

const INTRODUCTION = `# How HTTP messages are framed

A proxy and its backend must never disagree about where a message ends: whoever can make them
disagree sends requests in another client's name. Switchyard therefore refuses what two readers
could understand differently instead of guessing what was meant, and writes the heads that it
forwards anew from their parsed parts.

The tables show what this machine's proxies make of the same bytes. They are written by
\`node test/differential/write-framing-document.ts\`; \`npm test\` asserts the column of Switchyard,
byte by byte and in one piece. HAProxy and nginx run with their default strictness, keep-alive on
both sides and unbuffered request bodies. Behind each stands a backend that reads more strictly
than any server would.

| word | meaning |
| --- | --- |
| a number | the client gets this status, the backend no complete request |
| cut at the backend | the head was forwarded before the body turned out bad; the connection was broken off in the middle of the message |
| forwards | one message reaches the other side, in the framing named in parentheses |
| **2 requests** | the bytes became two requests at the backend |
| **passes it on** | the other side receives a message that a strict reader does not accept, for the reason given |
| waits | neither an answer nor a close within 150 ms |

Not every difference is a defect. A proxy may mend a malformed message where the mended one has a
single meaning; where it passes the malformed one on, safety depends on how the backend reads it.

What Switchyard does beside refusing:

* Fields that Connection names, and Connection, Keep-Alive, Proxy-Connection, TE and Upgrade
  themselves, stay on their hop; Host, Content-Length and Transfer-Encoding cannot be removed
  that way.
* Chunk extensions are taken out, trailer fields are written anew, and those that would change
  the framing or the routing of a message are dropped.
* An upgrade is passed on only with Connection and Upgrade, without a body, and never to h2c.
* Targets are forwarded as they came: nothing is decoded, so an encoded line end stays encoded.
* A connection to a backend on which anything unexpected arrived is closed and never used again.
`
