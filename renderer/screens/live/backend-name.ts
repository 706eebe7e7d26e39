/** The demo's backends have names that are easier to follow than their ports. */
import type { DemoState } from '../../../preload/contract/workspace-state.ts'

/** The name where the demo gave one, else the address. */
export function backendName(address: string, demo: DemoState | null | undefined): string {
  return demo?.backends.find((backend) => backend.address === address)?.name ?? address
}

/** A sentence of the control plane with the demo's names in the place of its addresses. */
export function withBackendNames(sentence: string, demo: DemoState | null | undefined): string {
  const backends = demo?.backends ?? []
  // One port may be the beginning of another.
  return backends.reduce(
    (text, { address, name }) =>
      text
        .split(address)
        .reduce((before, after) => `${before}${/^\d/.test(after) ? address : name}${after}`),
    sentence
  )
}
