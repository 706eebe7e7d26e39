/** The options of `switchyard init`: one for each question, and how it goes without any. */
import type { OptionSpec } from '../command.ts'

export const INIT_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'primary',
    value: '<addresses>',
    effect: 'Primary servers: host:port or URLs, with commas'
  },
  { name: 'backup', value: '<addresses>', effect: 'Backup servers [none]' },
  { name: 'listen', value: '<address>', effect: 'Where clients connect [127.0.0.1:8080]' },
  {
    name: 'check-path',
    value: '<path>',
    effect: 'Path of the health check, or tcp [what they answer well]'
  },
  { name: 'interval', value: '<time>', effect: 'Time between two checks [2s]' },
  {
    name: 'unhealthy-threshold',
    value: '<n>',
    effect: 'Failures in a row that take a server out [3]'
  },
  { name: 'healthy-threshold', value: '<n>', effect: 'Passes in a row that bring it back [2]' },
  { name: 'strategy', value: '<word>', effect: 'immediate, graceful or delayed [immediate]' },
  { name: 'ramp', value: '<time>', effect: 'How long a graceful move takes [30s]' },
  { name: 'delay', value: '<time>', effect: 'How long a delayed move waits [5s]' },
  {
    name: 'recovery-interval',
    value: '<time>',
    effect: 'Health before requests return to a primary [10s]'
  },
  {
    name: 'notify',
    value: '<channels>',
    effect: 'log, email, webhook, metrics, with commas [none]'
  },
  { name: 'smtp-server', value: '<host>', effect: 'Mail server, or host:port' },
  { name: 'recipients', value: '<addresses>', effect: 'Who gets the mail, with commas' },
  { name: 'smtp-user', value: '<name>', effect: 'User name at the mail server [no log-in]' },
  {
    name: 'smtp-password-env',
    value: '<name>',
    effect: 'Variable that holds its password [SMTP_PASSWORD]'
  },
  {
    name: 'webhook-url-env',
    value: '<name>',
    effect: 'Variable that holds the URL [SWITCHYARD_WEBHOOK_URL]'
  },
  { name: 'yes', effect: 'Ask nothing: options and defaults are the answers' },
  { name: 'force', effect: 'With --yes, replace a file that is there' },
  { name: 'json', effect: 'With --yes, print one JSON object instead of text' }
]
