/** The questions of `switchyard init`, in their order; those of seed 004's `configurar_failover.sh`. */
import {
  DEFAULT_FAILOVER,
  DEFAULT_HEALTH_CHECK
} from '../../../proxy-core/model/default-settings.ts'
import { formatDuration } from '../../../proxy-core/model/units.ts'
import type { Clock } from '../../../proxy-core/time/clock.ts'
import { choosePort } from '../../console/setup/free-port.ts'
import {
  readBackups,
  readChannelTypes,
  readCheckPath,
  readFailoverTime,
  readInterval,
  readListen,
  readMailServer,
  readRecipients,
  readServers,
  readStrategy,
  readThreshold,
  readUser,
  readVariable,
  type ChannelAnswer,
  type FailoverAnswers,
  type InitAnswers
} from './init-answers.ts'
import type { Interview } from './interview.ts'
import { survey, surveyText, type Survey } from './server-survey.ts'

const LOOPBACK = '127.0.0.1'

export interface Asked {
  readonly answers: InitAnswers
  readonly survey: Survey
}

export async function askEverything(interview: Interview, clock: Clock): Promise<Asked> {
  const listen = await askListen(interview)
  const primaries = await interview.answer({
    option: 'primary',
    text: 'Primary servers (host:port or URL, several with spaces)',
    fallback: null,
    read: (typed) => readServers(typed, listen)
  })
  const backups = await interview.answer({
    option: 'backup',
    text: 'Backup servers, which serve while no primary can',
    fallback: '',
    read: (typed) => readBackups(typed, primaries, listen)
  })
  const wanted = interview.given('check-path')
  const path = wanted?.startsWith('/') === true ? wanted : null
  const found = await survey(primaries, backups, path, clock)
  interview.say(`\nAsking them once:\n${surveyText(found)}\n`)
  const checkPath = await interview.answer({
    option: 'check-path',
    text: 'Path of the health check, or tcp for a bare connection',
    fallback: found.goodPath ?? 'tcp',
    read: readCheckPath
  })
  const timing = await askTiming(interview)
  const failover = backups.length === 0 ? null : await askFailover(interview)
  const channels = await askChannels(interview)
  const answers = { listen, primaries, backups, checkPath, ...timing, failover, channels }
  return { answers, survey: found }
}

async function askListen(interview: Interview): Promise<string> {
  const free = await choosePort(null)
  if (!free.isWanted) interview.say(`Port ${free.reason}.\n`)
  return interview.answer({
    option: 'listen',
    text: 'Address to listen on (0.0.0.0 is every interface)',
    fallback: `${LOOPBACK}:${free.port}`,
    read: readListen
  })
}

async function askTiming(
  interview: Interview
): Promise<Pick<InitAnswers, 'interval' | 'unhealthyThreshold' | 'healthyThreshold'>> {
  const interval = await interview.answer({
    option: 'interval',
    text: 'Time between two checks',
    fallback: formatDuration(DEFAULT_HEALTH_CHECK.intervalMs),
    read: readInterval
  })
  const unhealthyThreshold = await interview.answer({
    option: 'unhealthy-threshold',
    text: 'Failures in a row that take a server out',
    fallback: String(DEFAULT_HEALTH_CHECK.unhealthyThreshold),
    read: (typed) => readThreshold('unhealthy_threshold', typed)
  })
  const healthyThreshold = await interview.answer({
    option: 'healthy-threshold',
    text: 'Passes in a row that bring it back',
    fallback: String(DEFAULT_HEALTH_CHECK.healthyThreshold),
    read: (typed) => readThreshold('healthy_threshold', typed)
  })
  return { interval, unhealthyThreshold, healthyThreshold }
}

async function askFailover(interview: Interview): Promise<FailoverAnswers> {
  const strategy = await interview.answer({
    option: 'strategy',
    text: 'Failover strategy (immediate, graceful, delayed)',
    fallback: DEFAULT_FAILOVER.strategy,
    read: readStrategy
  })
  const pace = await askPace(interview, strategy)
  const recoveryInterval = await interview.answer({
    option: 'recovery-interval',
    text: 'How long a primary must be healthy before requests return to it',
    fallback: formatDuration(DEFAULT_FAILOVER.recoveryIntervalMs),
    read: (typed) => readFailoverTime('recovery_interval', typed)
  })
  return { strategy, pace, recoveryInterval }
}

async function askPace(interview: Interview, strategy: string): Promise<FailoverAnswers['pace']> {
  if (strategy !== 'graceful' && strategy !== 'delayed') return null
  const isGraceful = strategy === 'graceful'
  const key = isGraceful ? 'ramp' : 'delay'
  const time = await interview.answer({
    option: key,
    text: isGraceful
      ? 'How long the move to the backups takes'
      : 'How long the primaries must be lost before anything moves',
    fallback: formatDuration(isGraceful ? DEFAULT_FAILOVER.rampMs : DEFAULT_FAILOVER.delayMs),
    read: (typed) => readFailoverTime(key, typed)
  })
  return { key, time }
}

async function askChannels(interview: Interview): Promise<readonly ChannelAnswer[]> {
  const types = await interview.answer({
    option: 'notify',
    text: 'Who is told of a failover (log, email, webhook, metrics; several with spaces)',
    fallback: '',
    read: readChannelTypes
  })
  const channels: ChannelAnswer[] = []
  for (const type of types) channels.push(await askChannel(interview, type))
  return channels
}

async function askChannel(
  interview: Interview,
  type: ChannelAnswer['type']
): Promise<ChannelAnswer> {
  if (type === 'log' || type === 'metrics') return { type }
  if (type === 'email') return askEmail(interview)
  const urlVariable = await interview.answer({
    option: 'webhook-url-env',
    text: 'Environment variable that holds the URL of the webhook',
    fallback: 'SWITCHYARD_WEBHOOK_URL',
    read: readVariable
  })
  return { type, urlVariable }
}

async function askEmail(interview: Interview): Promise<ChannelAnswer> {
  const { server, port } = await interview.answer({
    option: 'smtp-server',
    text: 'Mail server (host, or host:port)',
    fallback: null,
    read: readMailServer
  })
  const recipients = await interview.answer({
    option: 'recipients',
    text: 'Mail addresses of the recipients',
    fallback: null,
    read: readRecipients
  })
  const user = await interview.answer({
    option: 'smtp-user',
    text: 'User name at the mail server',
    fallback: '',
    read: readUser
  })
  if (user === '') return { type: 'email', server, port, recipients, login: null }
  const passwordVariable = await interview.answer({
    option: 'smtp-password-env',
    text: 'Environment variable that holds the password',
    fallback: 'SMTP_PASSWORD',
    read: readVariable
  })
  return { type: 'email', server, port, recipients, login: { user, passwordVariable } }
}
