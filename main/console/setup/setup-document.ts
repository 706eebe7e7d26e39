/** The configuration that the first minutes end with: short, and commented for whoever goes on. */

export interface SetupPlan {
  readonly addresses: readonly string[]
  readonly port: number
  /** Of the admin API; null leaves the default. */
  readonly adminPort: number | null
  readonly areTls: boolean
  readonly check: SetupCheck
}

/** What the backends can be asked: a path that they answer well, or only whether they accept. */
export type SetupCheck = { readonly type: 'http'; readonly path: string } | { readonly type: 'tcp' }

export const SETUP_POOL = 'backends'

export function setupDocument(plan: SetupPlan): string {
  const { addresses, port, adminPort, areTls } = plan
  const admin =
    adminPort === null
      ? ''
      : `# 9000, the usual port, was in use.\nadmin: { address: 127.0.0.1:${adminPort} }\n`
  const tls = areTls
    ? `    # Certificates of an authority of your own: tls: { ca: ca.pem }\n    tls: {}\n`
    : ''
  return `# Written by Switchyard. Every option is in docs/reference/configuration.md.
version: 1
${admin}
# Where clients connect. 127.0.0.1 is this machine only; 0.0.0.0 is every interface.
listeners:
  - { name: web, address: 127.0.0.1:${port} }

# Which requests go where; without a host or path_prefix it is every request.
routes:
  - { pool: ${SETUP_POOL} }

pools:
  - name: ${SETUP_POOL}
    algorithm: round_robin
${tls}${checkLines(plan.check)}    backends:
${addresses.map((address) => `      - { address: "${address}" }`).join('\n')}
`
}

function checkLines(check: SetupCheck): string {
  if (check.type === 'tcp') {
    return `    # A backend counts as healthy while it accepts connections. Better, where there is one:
    # health_check: { type: http, path: /health }
    health_check: { type: tcp, interval: 2s }
`
  }
  return `    # A backend counts as healthy while this path answers with 200 to 399.
    health_check: { type: http, path: ${JSON.stringify(check.path)}, interval: 2s }
`
}
