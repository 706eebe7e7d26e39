/** `failover.notification`: who is told when a pool fails over, and how. */
import { z } from 'zod'
import {
  DEFAULT_NOTIFICATION,
  DEFAULT_OCCASIONS,
  DEFAULT_SMTP_PORT,
  DEFAULT_SUBJECT,
  IMPLICIT_TLS_PORT
} from '../default-notification.ts'
import { OCCASIONS, type Occasion } from '../notification-settings.ts'
import { formatDuration } from '../units.ts'
import { mailAddress, subjectTemplate } from './mail-words.ts'
import { noun, option, required } from './option.ts'
import { count, duration } from './quantities.ts'
import { choice, fields, filePath, flag, name, secret, text } from './words.ts'

const MAX_MESSAGES = 10_000
const MIN_RATE_MS = 1000
const MIN_TIMEOUT_MS = 100
const TITLE = 'failover.notification.channels[]'

const rateSchema = noun(
  'MessageRate',
  {
    messages: required(count({ min: 1, max: MAX_MESSAGES }), {
      effect: 'Messages that may be sent at once; `per` is the time in which so many come back.',
      example: 'messages: 5'
    }),
    per: required(duration({ minMs: MIN_RATE_MS }), {
      effect: 'The time in which `messages` messages may be sent in the long run.',
      example: 'per: 1h'
    })
  },
  {
    title: `${TITLE}.rate_limit`,
    effect:
      'How many messages a channel may send. What is over it waits, grows together by incident, and is counted in the next message.',
    minimal: { messages: 10, per: '10m' },
    synonyms: { requests: 'messages', burst: 'messages', interval: 'per', window: 'per' }
  }
)

const channelName = option(name(), {
  effect:
    'The name of the channel in the log, in metrics, in the console and for `switchyard notify`.',
  default: 'the type, and from the second one of a type on its number: `webhook-2`',
  edge: 'Names must differ. A channel that keeps its name keeps its counts and what waits over a reload.',
  example: 'name: on-call'
})

const on = option(
  z
    .array(
      choice<Occasion>('an occasion', {
        values: Object.fromEntries(OCCASIONS.map((one) => [one, one])) as Record<string, Occasion>
      })
    )
    .min(1),
  {
    effect:
      'What is announced. `failover`: a step of the failover, also by hand. `pool_lost`, `pool_back`: the last backend of a pool is gone, the first one is back. `backend_down`, `backend_up`: by its health check. `ejection`, `circuit`: by its traffic. `engine`: the engine died and serves again. `listener`: one could not be opened. `config`: a file was refused. `admin`, `weight`: an operator changed them. `resolution`: a name does not resolve. `buffer`: stored requests were given up, or none are taken. `fault`: something went wrong that did not stop the engine.',
    default: `\`[${DEFAULT_OCCASIONS.join(', ')}]\``,
    edge: 'What else happened to the same pool around that time is told with it.',
    example: 'on: [failover, pool_lost, pool_back, backend_down, backend_up]'
  }
)

const deliveryOptions = {
  name: channelName,
  on,
  min_interval: option(duration(), {
    effect: 'The least time between two messages about one pool.',
    default: `${formatDuration(DEFAULT_NOTIFICATION.minIntervalMs)}; \`0s\` for \`log\``,
    edge: 'A message that something got worse or that it is over does not wait for it.',
    example: 'min_interval: 5m'
  }),
  rate_limit: option(rateSchema, {
    effect: 'How many messages the channel may send in all.',
    default: `${String(DEFAULT_NOTIFICATION.rateLimit.messages)} per ${formatDuration(DEFAULT_NOTIFICATION.rateLimit.perMs)}; none for \`log\``,
    edge: 'Nothing is lost by it: what waits is told by the next message.',
    example: 'rate_limit: { messages: 5, per: 1h }'
  })
}

const timeout = option(duration({ minMs: MIN_TIMEOUT_MS }), {
  effect: 'How long one attempt to deliver may take.',
  default: formatDuration(DEFAULT_NOTIFICATION.timeoutMs),
  edge: 'Then it is repeated, with growing waits of 2 s to 5 m, 10 times at most.',
  example: 'timeout: 30s'
})

const ca = option(filePath(), {
  effect: 'Certificates of the authorities that the server is verified with.',
  default: 'those that Node.js brings',
  edge: 'They replace the default. Verification cannot be switched off.',
  example: 'ca: internal-ca.pem'
})

function typeOption<T extends string>(type: T, effect: string): z.ZodLiteral<T> {
  return required(z.literal(type), { effect, example: `type: ${type}` })
}

const logChannel = noun(
  'LogChannel',
  {
    type: typeOption('log', 'Writes the message to the log of `run`, or of the console.'),
    level: option(
      choice('a log level', {
        values: { debug: 'debug', info: 'info', warning: 'warning', error: 'error' } as const
      }),
      {
        effect: 'The level of every message.',
        default: 'as severe as what happened',
        edge: '`debug` is written as `info`: the log has no finer one.',
        example: 'level: warning'
      }
    ),
    ...deliveryOptions
  },
  {
    title: `${TITLE} of type log`,
    effect: 'Messages in the log, beside its entries for single events.',
    minimal: { type: 'log' }
  }
)

const mailTls = choice('a way to encrypt mail', {
  values: { starttls: 'starttls', implicit: 'implicit', none: 'none' } as const
})

const mailOptions = {
  smtp_server: required(text('the name of a mail server'), {
    effect: 'The mail server that takes the messages.',
    example: 'smtp_server: smtp.example.com'
  }),
  smtp_port: option(count({ min: 1, max: 65_535 }), {
    effect: 'Its port.',
    default: String(DEFAULT_SMTP_PORT),
    example: 'smtp_port: 465'
  }),
  smtp_user: option(text('a user name'), {
    effect: 'The name to log in with.',
    default: 'no log-in',
    edge: 'Needs `smtp_password`.',
    example: 'smtp_user: switchyard@example.com\nsmtp_password: { env: SMTP_PASSWORD }'
  }),
  smtp_password: option(secret(), {
    effect: 'The password to log in with.',
    default: 'no log-in',
    edge: 'Needs `smtp_user`.',
    example: 'smtp_user: switchyard@example.com\nsmtp_password: { file: smtp-password }'
  }),
  tls: option(mailTls, {
    effect:
      'How the connection is encrypted. `starttls`: after the greeting, and required. `implicit`: from the first byte. `none`: not at all.',
    default: `\`starttls\`; \`implicit\` on port ${String(IMPLICIT_TLS_PORT)}`,
    edge: '`none` is refused with a password unless the server is on loopback.',
    example: 'tls: implicit'
  }),
  ca
}

const emailChannel = noun(
  'EmailChannel',
  {
    type: typeOption('email', 'Sends a mail through a mail server.'),
    ...mailOptions,
    from: option(mailAddress({ mayHaveName: true }), {
      effect: 'The sender.',
      default: '`smtp_user` where it is an address, else `switchyard@` and the name of the machine',
      example: 'from: "Switchyard <switchyard@example.com>"'
    }),
    recipients: required(z.array(mailAddress({ mayHaveName: false })).min(1), {
      effect: 'Who gets the mail; all of them in one.',
      example: 'recipients: [ops@example.com]'
    }),
    subject: option(subjectTemplate(), {
      effect:
        'The subject, with the placeholders `{title}`, `{pool}`, `{severity}`, `{kind}`, `{incident}`, `{instance}` and `{host}`.',
      default: `\`"${DEFAULT_SUBJECT}"\``,
      edge: 'Quote it: YAML reads a leading brace or bracket as the start of something else.',
      example: 'subject: "[{severity}] {title} ({host})"'
    }),
    ...deliveryOptions,
    timeout
  },
  {
    title: `${TITLE} of type email`,
    effect:
      'Messages by mail, as text and as HTML. Those about one incident form one thread in a mail reader.',
    minimal: { type: 'email', smtp_server: 'smtp.example.com', recipients: ['ops@example.com'] },
    synonyms: {
      server: 'smtp_server',
      host: 'smtp_server',
      port: 'smtp_port',
      user: 'smtp_user',
      username: 'smtp_user',
      password: 'smtp_password',
      to: 'recipients',
      sender: 'from'
    }
  }
)

const webhookChannel = noun(
  'WebhookChannel',
  {
    type: typeOption('webhook', 'Posts the message to a URL.'),
    url: required(secret(urlProblem), {
      effect: 'Where it is posted to: `https:`, or `http:`.',
      edge: 'A secret, because whoever has it can post. Redirections are not followed.',
      example: 'url: { env: SLACK_WEBHOOK_URL }'
    }),
    format: option(
      choice('a webhook format', {
        values: { json: 'json', slack: 'slack', discord: 'discord' } as const
      }),
      {
        effect: 'What is posted: our JSON, or a message for Slack or Discord.',
        default: 'by the host of the URL: `slack` or `discord` for theirs, else `json`',
        example: 'format: slack'
      }
    ),
    authorization: option(secret(), {
      effect: 'The value of the `Authorization` field.',
      default: 'none',
      example: 'authorization: { env: HOOK_AUTHORIZATION }'
    }),
    headers: option(fields(), {
      effect: 'Further fields of the request.',
      default: 'none',
      edge: '`Content-Type`, `Content-Length` and `Host` cannot be set.',
      example: 'headers: { X-Team: platform }'
    }),
    ca,
    ...deliveryOptions,
    timeout
  },
  {
    title: `${TITLE} of type webhook`,
    effect: 'Messages posted to a URL.',
    minimal: { type: 'webhook', url: { env: 'HOOK_URL' } },
    synonyms: { uri: 'url', address: 'url', method: 'format', token: 'authorization' }
  }
)

function urlProblem(text: string): string | null {
  const protocol = URL.parse(text)?.protocol
  return protocol === 'https:' || protocol === 'http:'
    ? null
    : 'The URL of a webhook begins with https:// or http://.'
}

const metricsChannel = noun(
  'MetricsChannel',
  {
    type: typeOption(
      'metrics',
      'Counts what happens and what the other channels do, in `/metrics`.'
    ),
    name: channelName,
    on
  },
  {
    title: `${TITLE} of type metrics`,
    effect:
      'Adds `switchyard_notification_events_total` and the counts of every channel to `/metrics`.',
    minimal: { type: 'metrics' }
  }
)

export const notificationSchema = noun(
  'Notification',
  {
    enabled: option(flag(), {
      effect: 'Whether anybody is told.',
      default: 'true',
      example: 'enabled: true'
    }),
    channels: option(
      z.array(
        z.discriminatedUnion('type', [logChannel, emailChannel, webhookChannel, metricsChannel])
      ),
      {
        effect: 'Who is told, and how: `log`, `email`, `webhook`, `metrics`.',
        default: 'none',
        edge: 'Each may occur several times.',
        example: 'channels: [{ type: log, level: warning }]'
      }
    ),
    group_window: option(duration(), {
      effect: 'What happens to one pool within this time becomes one message with one time line.',
      default: formatDuration(DEFAULT_NOTIFICATION.groupWindowMs),
      edge: '`0s` sends at once, and one message for nearly everything.',
      example: 'group_window: 10s'
    }),
    quiet_period: option(duration(), {
      effect:
        'How long everything must be well before an incident is over and its closing message is sent.',
      default: formatDuration(DEFAULT_NOTIFICATION.quietPeriodMs),
      edge: 'What comes back within it continues the incident, so that a flapping backend is one incident.',
      example: 'quiet_period: 2m'
    })
  },
  {
    title: 'failover.notification',
    effect:
      'Who is told when a pool fails over, is lost or comes back. It works under `run` and in the console, never makes traffic wait, and retries what cannot be delivered.',
    minimal: {},
    synonyms: { notifiers: 'channels', window: 'group_window', quiet: 'quiet_period' }
  }
)
