/** What changes for the listeners, as sentences. */
import type { HostPort, ListenerSettings } from '../../../../proxy-core/model/settings.ts'
import { changeSentence, isSame, optionChanges } from './option-changes.ts'

export function listenerChanges(
  before: readonly ListenerSettings[],
  now: readonly ListenerSettings[]
): readonly string[] {
  const removed = before.filter(({ name }) => !now.some((is) => is.name === name))
  return [
    ...now.flatMap((is) => {
      const was = before.find(({ name }) => name === is.name)
      return was ? changesOf(was, is) : [`Listener ${is.name} opens on ${written(is.address)}`]
    }),
    ...removed.map(
      ({ name, address }) => `Listener ${name} on ${written(address)} closes: what runs is finished`
    )
  ]
}

function changesOf(was: ListenerSettings, is: ListenerSettings): readonly string[] {
  const subject = `Listener ${is.name}`
  const options = optionChanges(was, is, ['name', 'address'])
  const sentences = options.map((change) => changeSentence(subject, change))
  if (isSame(was.address, is.address)) return sentences
  return [`${subject} ${move(was.address, is.address)}: open connections are drained`, ...sentences]
}

/** On one host the port says it all. */
function move(from: HostPort, to: HostPort): string {
  if (from.host === to.host) return `moves from :${from.port} to :${to.port}`
  return `moves from ${written(from)} to ${written(to)}`
}

export function written({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
