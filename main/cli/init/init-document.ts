/** The configuration that `switchyard init` writes: short, and commented for whoever goes on. */
import { DEFAULT_HEALTH_CHECK } from '../../../proxy-core/model/default-settings.ts'
import { formatDuration, parseDuration } from '../../../proxy-core/model/units.ts'
import type { TypedAddress } from '../../console/setup/typed-address.ts'
import type { ChannelAnswer, InitAnswers } from './init-answers.ts'

const INIT_POOL = 'app'
const FAST_MS = DEFAULT_HEALTH_CHECK.fastIntervalMs

/** `adminPort`: of the admin API; null leaves the default. */
export function initDocument(answers: InitAnswers, adminPort: number | null): string {
  const { listen, primaries, backups } = answers
  const hasBackups = backups.length > 0
  return `# Written by switchyard init. Every option is in docs/reference/configuration.md; after a
# change, \`switchyard check\` says what is wrong with it.
version: 1
${adminLines(adminPort)}
# Where clients connect. 127.0.0.1 is this machine only; 0.0.0.0 is every interface.
listeners:
  - { name: web, address: ${quoted(listen)} }

# Which requests go where; without a host or path_prefix it is every request.
routes:
  - { pool: ${INIT_POOL} }

pools:
  - name: ${INIT_POOL}
${algorithmLines(hasBackups)}${tlsLines(primaries)}${checkLines(answers)}    backends:
${backendLines(primaries, null)}${hasBackups ? `\n${backendLines(backups, 1)}` : ''}
${failoverLines(answers)}`
}

function adminLines(port: number | null): string {
  return port === null
    ? ''
    : `# 9000, the usual port, was in use.\nadmin: { address: 127.0.0.1:${port} }\n`
}

function algorithmLines(hasBackups: boolean): string {
  return hasBackups
    ? '    # Round robin among the primaries; the backups serve only while no primary can.\n    algorithm: failover\n'
    : '    algorithm: round_robin\n'
}

function tlsLines([first]: readonly TypedAddress[]): string {
  return first?.isTls === true
    ? '    # Certificates of an authority of your own: tls: { ca: ca.pem }\n    tls: {}\n'
    : ''
}

function checkLines(answers: InitAnswers): string {
  const { checkPath, interval, unhealthyThreshold, healthyThreshold } = answers
  const what =
    checkPath === null
      ? `    # A server counts as healthy while it accepts connections. Better, where there is a path that
    # says whether it can work: type: http and path: /health
    health_check:
      type: tcp
`
      : `    # A server counts as healthy while it answers this path with a status from 200 to 399.
    health_check:
      type: http
      path: ${quoted(checkPath)}
`
  return `${what}      interval: ${interval}
${fastLine(interval)}      # So many failures in a row take it out, so many passes bring it back.
      unhealthy_threshold: ${unhealthyThreshold}
      healthy_threshold: ${healthyThreshold}
`
}

/** Written, because it would be as long as a written `interval` otherwise. */
function fastLine(interval: string): string {
  const ms = parseDuration(interval) ?? 0
  const fast = ms > 0 && ms < FAST_MS ? interval : formatDuration(FAST_MS)
  return `      # After a first failure: notices sooner, and costs nothing while all is well.
      fast_interval: ${fast}
`
}

function backendLines(servers: readonly TypedAddress[], level: number | null): string {
  const more = level === null ? '' : `, failover_level: ${level}`
  return servers.map(({ address }) => `      - { address: ${quoted(address)}${more} }`).join('\n')
}

function failoverLines({ failover, channels }: InitAnswers): string {
  if (failover === null && channels.length === 0) return ''
  const lines = ['\nfailover:']
  if (failover !== null) {
    lines.push(
      `  strategy: ${failover.strategy}`,
      ...(failover.pace === null ? [] : [`  ${failover.pace.key}: ${failover.pace.time}`]),
      '  # How long a primary must be healthy before requests return to it.',
      `  recovery_interval: ${failover.recoveryInterval}`
    )
  }
  if (channels.length > 0) {
    lines.push('  notification:', '    channels:', ...channels.map(channelLine))
  }
  return `${lines.join('\n')}\n`
}

function channelLine(channel: ChannelAnswer): string {
  switch (channel.type) {
    case 'log':
      return '      - { type: log, level: warning }'
    case 'metrics':
      return '      - { type: metrics }'
    case 'webhook':
      return `      - { type: webhook, url: { env: ${channel.urlVariable} } }`
    case 'email': {
      const { server, port, recipients, login } = channel
      const lines = [
        '      - type: email',
        `        smtp_server: ${quoted(server)}`,
        `        smtp_port: ${port}`
      ]
      if (login !== null) {
        lines.push(
          `        smtp_user: ${quoted(login.user)}`,
          `        smtp_password: { env: ${login.passwordVariable} }`
        )
      }
      lines.push(`        recipients: [${recipients.map(quoted).join(', ')}]`)
      return lines.join('\n')
    }
  }
}

/** JSON's text is YAML's double-quoted one. */
function quoted(text: string): string {
  return JSON.stringify(text)
}
