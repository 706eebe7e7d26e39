/**
 * What can be wrong with a configuration, or doubtful in it. `check`, `run`, the engine's
 * refusal of a reload, the console's editor and `docs/reference/errors.md` read this table.
 * A file with any `problem` is refused whole; a `warning` refuses nothing.
 */

export interface ConfigProblemEntry {
  readonly severity: 'problem' | 'warning'
  /** One sentence: what it means. */
  readonly cause: string
  /** One sentence: what the operator can do. */
  readonly remedy: string
}

export const CONFIG_PROBLEMS = {
  SYNTAX: {
    severity: 'problem',
    cause: 'The text is not valid YAML, or uses a part of YAML that a configuration may not use.',
    remedy:
      'Mend the marked place; indentation, an unclosed quote and a missing space after a colon are the usual causes.'
  },
  LIMIT: {
    severity: 'problem',
    cause:
      'The file is larger, more deeply nested or has more aliases than any real configuration.',
    remedy: 'Make the file smaller, or take the nested aliases out.'
  },
  UNSAFE_KEY: {
    severity: 'problem',
    cause: 'A key has a name with a special meaning in JavaScript, such as `__proto__`.',
    remedy: 'Take the key out.'
  },
  DUPLICATE_KEY: {
    severity: 'problem',
    cause: 'One mapping has the same key twice, and YAML does not say which one counts.',
    remedy: 'Keep one of them.'
  },
  UNKNOWN_KEY: {
    severity: 'problem',
    cause: 'No option has this name at this place.',
    remedy: 'Take the suggested name, or look the option up in the option reference.'
  },
  NOT_YET: {
    severity: 'problem',
    cause: 'The option is part of the design, but this version does not act on it.',
    remedy: 'Take it out: a configuration that says more than the balancer does is dangerous.'
  },
  MISSING: {
    severity: 'problem',
    cause: 'A required option is absent.',
    remedy: 'Add it at the marked place.'
  },
  WRONG_TYPE: {
    severity: 'problem',
    cause: 'The value is of another kind than the option takes, such as a number without a unit.',
    remedy: 'Write the value in the form that the message names.'
  },
  BAD_VALUE: {
    severity: 'problem',
    cause: 'The value is of the right kind, but not one that the option takes.',
    remedy: 'Write the value in the form that the message names.'
  },
  OUT_OF_RANGE: {
    severity: 'problem',
    cause: 'The value is below or above what the option takes.',
    remedy: 'Choose a value in the range that the message names.'
  },
  UNKNOWN_REFERENCE: {
    severity: 'problem',
    cause: 'The name of a pool or listener is used that this file does not define.',
    remedy: 'Take the suggested name, or define what is missing.'
  },
  DUPLICATE: {
    severity: 'problem',
    cause: 'Two things that must differ have the same name or address.',
    remedy: 'Rename one of them, or take one out.'
  },
  CONFLICT: {
    severity: 'problem',
    cause: 'Two options contradict each other.',
    remedy: 'Keep the one that is meant.'
  },
  UNSAFE_ADMIN: {
    severity: 'problem',
    cause:
      'The admin API would be reachable from other machines without the protection that this needs.',
    remedy: 'Listen on loopback, or set TLS, `allowed_hosts` and `auth: token`.'
  },
  SECRET_UNAVAILABLE: {
    severity: 'problem',
    cause:
      'A secret is named that cannot be read here: the variable is not set, the file cannot be used, or nothing of that name is stored.',
    remedy: 'Provide it at the place that the message names, or name another place.'
  },
  NO_EFFECT: {
    severity: 'warning',
    cause: 'An option is written that has no effect beside the others.',
    remedy: 'Take it out, or write what the message names.'
  },
  NO_POOLS: {
    severity: 'warning',
    cause: 'The file defines no pool, so every request is refused.',
    remedy: 'Add a pool and a route to it.'
  },
  NO_BACKENDS: {
    severity: 'warning',
    cause: 'A pool has no backends, so its requests are answered with 503.',
    remedy: 'Add backends to the pool.'
  },
  NO_ROUTE: {
    severity: 'warning',
    cause: 'No route leads to a pool, so it gets no requests.',
    remedy: 'Add a route to the pool, or take the pool out.'
  },
  SINGLE_LEVEL: {
    severity: 'warning',
    cause: 'A pool is meant to fail over, but all of its backends are on the same level.',
    remedy: 'Mark the backups with `failover: true` or `failover_level`.'
  },
  UNPROBED_LEVELS: {
    severity: 'warning',
    cause:
      'A pool has backups, but the health checks that would notice a failure are switched off.',
    remedy: 'Take `health_check: false` out.'
  },
  FAILOVER_WITHOUT_EFFECT: {
    severity: 'warning',
    cause: 'What a pool says about its failover cannot act as its author may expect.',
    remedy: 'Read in the message what happens instead, and change the option that it names.'
  },
  LONE_BACKEND: {
    severity: 'warning',
    cause:
      'A health check can take the only backend of a pool out, and nothing is left to take over.',
    remedy: 'Add a second backend, or accept that a failed check turns into 503 answers.'
  },
  NO_RESPONSE_TIMEOUT: {
    severity: 'warning',
    cause:
      'A frozen backend can hold requests for ever, because waiting for its response has no limit.',
    remedy: 'Set `timeouts.response_head` of the pool.'
  },
  UNREACHED_LIMIT: {
    severity: 'warning',
    cause:
      'A limit on the rate of requests never refuses one, because another one always does first.',
    remedy: 'Take it out, or make one of the two larger.'
  },
  OPEN_ADMIN: {
    severity: 'warning',
    cause: 'Everyone with an account on this machine can use the failover calls of the admin API.',
    remedy: 'Set `admin.auth: token`, which is the default.'
  },
  NO_CHANNEL: {
    severity: 'warning',
    cause: 'Notifications are switched on, but no channel is configured, so nobody is told.',
    remedy: 'Add a channel, or take `enabled` out.'
  },
  UNENCRYPTED_CHANNEL: {
    severity: 'warning',
    cause: 'A notification channel sends over the network without encryption.',
    remedy: 'Use TLS: `starttls` or `implicit` for mail, an https URL for a webhook.'
  },
  RANDOM_STICKY_KEY: {
    severity: 'warning',
    cause:
      'Sticky cookies are signed with a key that ends with the engine process, and that no other balancer has.',
    remedy: 'Give `sticky.key`, the same to every balancer in front of these backends.'
  },
  SLOW_START_UNUSED: {
    severity: 'warning',
    cause: 'Slow start follows a return to health, and nothing watches the health of the backends.',
    remedy: 'Add a health check, or take `slow_start` out.'
  },
  REGION_UNUSED: {
    severity: 'warning',
    cause: 'No backend is in the region that is preferred, so the preference changes nothing.',
    remedy: 'Write the region as the backends have it.'
  },
  STORE_UNNAMED: {
    severity: 'warning',
    cause:
      'Stored requests are kept under the name of their route, and a route without one is named by its place in the file.',
    remedy: 'Name the route: then routes can be added before it while requests wait.'
  },
  STORE_KEY: {
    severity: 'warning',
    cause: 'Stored requests are ordered by another key than the one that their pool goes by.',
    remedy: 'Use the same key for both, as the message shows.'
  },
  STORE_LIMIT: {
    severity: 'warning',
    cause: 'A route takes longer requests than it can store.',
    remedy: 'Make `body_limit` of the route and of its `buffer` fit each other and `max_size`.'
  },
  LITERAL_SECRET: {
    severity: 'warning',
    cause: 'A secret stands in the file itself and goes wherever the file goes.',
    remedy: 'Write `{ env: NAME }` or `{ file: path }` in its place.'
  }
} as const satisfies Readonly<Record<string, ConfigProblemEntry>>

export type ConfigProblemCode = keyof typeof CONFIG_PROBLEMS

/** Keys and indices from the root of the document. */
export type ConfigPath = readonly (string | number)[]

/** A problem or a warning, with its place in the file as far as it is known. */
export interface ConfigProblem {
  readonly code: ConfigProblemCode
  readonly file: string
  /** 1-based; null for a document that came without its text. */
  readonly line: number | null
  /** 1-based, in UTF-16 code units. */
  readonly column: number | null
  /** How many columns are meant, at least 1. */
  readonly width: number
  /** `pools[0].backends[1].address`; empty for the whole document. */
  readonly path: string
  /** A sentence without the place. */
  readonly message: string
  /** What to write instead, or null. */
  readonly hint: string | null
}

/** `['pools', 0, 'name']` → `pools[0].name`. */
export function formatPath(path: ConfigPath): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${String(step)}]`
    else text += text === '' ? step : `.${step}`
  }
  return text
}
