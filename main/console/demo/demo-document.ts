/** The configuration of the demo, as a reader of the Config screen sees it. */

export interface DemoPlaces {
  readonly listener: string
  readonly admin: string
  readonly backends: readonly { readonly name: string; readonly address: string }[]
}

export const DEMO_POOL = 'demo'

export function demoDocument({ listener, admin, backends }: DemoPlaces): string {
  const lines = backends.map(({ name, address }) => `      - { address: "${address}" }  # ${name}`)
  return `# The demo: three backends of different speed behind one listener, and a gentle load.
# Change what you like: nothing of it is kept.
version: 1
admin: { address: ${admin} }
listeners:
  - { name: web, address: ${listener} }
routes:
  - { pool: ${DEMO_POOL} }
pools:
  - name: ${DEMO_POOL}
    algorithm: round_robin
    health_check:
      {
        type: http,
        path: /health,
        interval: 1s,
        fast_interval: 250ms,
        timeout: 500ms,
        unhealthy_threshold: 2,
        healthy_threshold: 2
      }
    backends:
${lines.join('\n')}
shutdown_timeout: 2s
`
}
