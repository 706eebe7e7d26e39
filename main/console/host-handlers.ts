/**
 * The calls of the host itself: links leave the console only through it, and only https. A host
 * with a menu bar answers `host.offerActions` and pushes `hostRequests` in place of what is here.
 */
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import type { MethodHandlers } from '../contract/method-handlers.ts'
import type { TopicSource } from '../contract/topic-sources.ts'
import type { HostAbilities } from './console-parts.ts'

export const NO_HOST_REQUESTS: TopicSource<'hostRequests'> = { open: () => () => {} }

export function hostHandlers({
  openExternal
}: HostAbilities): Pick<MethodHandlers, 'host.openExternal' | 'host.offerActions'> {
  return {
    async 'host.openExternal'({ url }) {
      const target = URL.parse(url)
      if (target?.protocol !== 'https:') {
        throw new SwitchyardError('LINK_REFUSED', 'This link is no https link and was not opened.')
      }
      if (!openExternal) {
        const message = 'This host opens no links: follow the link in the page itself.'
        throw new SwitchyardError('ABILITY_MISSING', message)
      }
      await openExternal(target.href)
      return {}
    },
    'host.offerActions'() {
      const message = 'This host has no menu bar: the palette has every action.'
      throw new SwitchyardError('ABILITY_MISSING', message)
    }
  }
}
