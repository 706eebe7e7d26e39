/** Vector configurations of any shape: components that fit together or not, options right and wrong. */
import * as fc from 'fast-check'

/** Stands wherever a file may hold a secret. */
export const SECRET = 'hunter2hunter2'

const ADDRESSES = ['"0.0.0.0:8080"', '"127.0.0.1:9000"', '"[::1]:81"', '"${ADDRESS}"', '80', '"x"']

const SOURCE_LINES = [
  'path = "/in"',
  'path = "in put"',
  'path = ""',
  'strict_path = false',
  'strict_path = true',
  'method = "PUT"',
  'method = "teapot"',
  'headers = ["X-A", "X-Process-Id"]',
  'query_parameters = ["case"]',
  'decoding.codec = "json"',
  'response_code = 202',
  'path_key = "where"',
  `auth = { strategy = "basic", username = "u", password = "${SECRET}" }`,
  'tls = { enabled = true, crt_file = "a.pem", key_file = "a.key" }',
  `tls = { enabled = true, crt_file = "a.pem", key_file = "a.key", key_pass = "${SECRET}" }`,
  'tls = { enabled = true, crt_file = "a.p12" }',
  'tls = {}',
  'odd."a b".c = [1, { d = 2 }]',
  '__proto__ = { a = 1 }'
]

const CONDITIONS = [
  '\'."X-A" == "1"\'',
  "'.part == 0'",
  '\'.part == 1 && ."X-A" == "b"\'',
  "'partition == 2'",
  '\'.where == "/x"\'',
  '\'starts_with(string!(.path), "/api") \'',
  '\'.path == "no"\'',
  '\'.unknown == "1"\'',
  "'exists(.a) || .b > 3'",
  '{ type = "vrl", source = \'."X-A" == "2"\' }',
  '{ type = "is_log" }',
  '17'
]

const SINK_LINES = [
  'encoding.codec = "json"',
  'retries = 5',
  'retries = "many"',
  'backoff = "exponential"',
  'backoff = 3',
  'method = "put"',
  'compression = "gzip"',
  'batch = { max_events = 1, timeout_secs = 1 }',
  'healthcheck = true',
  'healthcheck = { enabled = true, uri = "http://a:80/up" }',
  'healthcheck = { enabled = false, uri = "http://a:80/up" }',
  'acknowledgements = true',
  'acknowledgements.enabled = true',
  'tls = { ca_file = "ca.pem", verify_certificate = false, alpn_protocols = ["h2"] }',
  'tls = {}',
  'tls = true',
  'buffer = { type = "disk", max_size = 100_000_000, when_full = "block" }',
  'buffer = { type = "disk", max_size = -1, when_full = "overflow", max_events = 3 }',
  'buffer = { type = "memory", max_events = 0, max_size = 2.5, when_full = "block" }',
  'buffer = { max_events = 10 }',
  'buffer = [{ type = "memory", when_full = "overflow" }, { type = "disk", max_size = 1 }]',
  'buffer = []',
  'buffer = {}',
  `auth = { strategy = "bearer", token = "${SECRET}" }`,
  `request = { headers = { Authorization = "${SECRET}", X-Env = "p" }, retry_attempts = 3 }`,
  'request = { retry_initial_backoff_secs = 0, retry_max_duration_secs = 1e300, retry_jitter_mode = "none" }',
  'request = { concurrency = "adaptive", adaptive_concurrency = { max_concurrency_limit = 9, ewma_alpha = 0.1 } }',
  'request = { concurrency = 12, timeout_secs = 0, rate_limit_num = 3, rate_limit_duration_secs = 2 }',
  'request = { rate_limit_num = 9223372036854775807, timeout_secs = -1 }',
  'request = "none"',
  'retry_strategy = { type = "custom", status_codes = [500, "x", 1] }',
  'retry_strategy = { type = "custom", status_codes = [] }',
  'retry_strategy = { type = "all" }',
  `headers = { X-Api-Key = "${SECRET}" }`,
  'nonsense = 1979-05-27',
  'constructor.prototype = "a"'
]

const GOOD_URIS = [
  '"http://a:80"',
  '"https://b/v1"',
  `"https://user:${SECRET}@c:8443/x?y=1"`,
  '"d:8080"'
]
const ODD_URIS = ['"http://{{ host }}/"', '"http://a:80/a|b"', '""', '3']

const TRANSFORMS = [
  'type = "remap"\nsource = \'.part = mod(to_int!(seahash(string!(."X-A"))), 2)\'',
  'type = "remap"\nsource = ".x = 1"',
  'type = "partition"\npartition.key = "{{ headers.x-process-id }}"\npartitions = 3',
  'type = "partition"\npartition.key = "{{ unknown }}"',
  'type = "throttle"\nthreshold = 5\nwindow_secs = 1',
  'type = "teleport"\nwhere = "to"',
  'source = "no type"'
]

const HEADERS = 'headers = ["X-A", "X-Process-Id"]'
const DIVISIONS = [
  [
    '[transforms.p]\ntype = "partition"\ninputs = ["s"]\npartition.key = "{{ headers.x-a }}"\npartitions = 3',
    (number: number) => `inputs = ["p"]\ncondition = "partition == ${number}"`
  ],
  [
    '[transforms.p]\ntype = "partition"\ninputs = ["s"]\nkey = "{{ X-Process-Id }}"',
    (number: number) => `inputs = ["p.${number}"]`
  ],
  [
    '[transforms.m]\ntype = "remap"\ninputs = ["s"]\nsource = \'.n = mod(to_int!(seahash(string!(."X-A"))), 4)\'\n[transforms.p]\ntype = "route"\ninputs = ["m"]\nroute = { r0 = ".n == 0", r1 = ".n == 1", r2 = ".n == 2", r3 = ".n == 3", r4 = ".n == 4" }',
    (number: number) => `inputs = ["p.r${number}"]`
  ]
] as const

/** Those that a file needs to be translated come more often than the others. */
const INPUTS = ['s0', 's0', 's0', 's1', 't0', 't1', 't0.a', 't1.a', 't1.b', 't2._unmatched', 't*']

/** A TOML text that can be read. */
export function vectorFiles(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 3, arbitrary: mixedFiles() },
    { weight: 1, arbitrary: partitionedFiles() }
  )
}

/** Anything beside anything. */
function mixedFiles(): fc.Arbitrary<string> {
  const inputs = fc
    .array(fc.constantFrom(...INPUTS, 'ghost'), { minLength: 1, maxLength: 3 })
    .map((names) => `inputs = ${JSON.stringify(names)}`)
  return fc
    .tuple(
      fc.array(source(), { minLength: 1, maxLength: 2 }),
      fc.array(transform(inputs), { maxLength: 3 }),
      fc.array(sink(inputs), { minLength: 1, maxLength: 4 }),
      fc.subarray(['data_dir = "/var/lib/vector"', 'api.enabled = true', 'odd = []', 'sinks2 = {}'])
    )
    .map(([sources, transforms, sinks, globals]) =>
      [
        ...globals,
        ...sources.map((text, at) => `[sources.s${at}]\n${text}`),
        ...transforms.map((text, at) => `[transforms.t${at}]\n${text}`),
        ...sinks.map((text, at) => `[sinks.${at === 2 ? '"k 2"' : `k${at}`}]\n${text}`),
        ''
      ].join('\n')
    )
}

/** Sinks that divide keys among them, by the transform of seed 000 or by what Vector has. */
function partitionedFiles(): fc.Arbitrary<string> {
  const divided = fc.constantFrom(...DIVISIONS)
  const shares = fc.array(
    fc.tuple(
      fc.nat({ max: 4 }),
      fc.constantFrom(...GOOD_URIS, '"http://e:1"'),
      optional(SINK_LINES)
    ),
    { minLength: 1, maxLength: 4 }
  )
  return fc
    .tuple(divided, shares, optional(SOURCE_LINES))
    .map(([[transforms, sinkOf], sinks, more]) =>
      [
        '[sources.s]',
        joined(['type = "http_server"', 'address = "0.0.0.0:80"', HEADERS, ...more]),
        transforms,
        ...sinks.map(([number, uri, lines], at) =>
          joined([`[sinks.k${at}]`, 'type = "http"', sinkOf(number), `uri = ${uri}`, ...lines])
        ),
        ''
      ].join('\n')
    )
}

function source(): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom('"http_server"', '"http"') },
        { weight: 1, arbitrary: fc.constantFrom('"kafka"', '7') }
      ),
      fc.constantFrom(...ADDRESSES),
      optional(SOURCE_LINES)
    )
    .map(([type, address, lines]) => joined([`type = ${type}`, `address = ${address}`, ...lines]))
}

function transform(inputs: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const condition = fc.constantFrom(...CONDITIONS)
  const routing = fc.oneof(
    fc
      .tuple(condition, condition)
      .map(([a, b]) => `type = "route"\nroute.a = ${a}\nroute.b = ${b}`),
    condition.map((one) => `type = "filter"\ncondition = ${one}`),
    condition.map(
      (one) =>
        `type = "exclusive_route"\nroutes = [{ name = "a", condition = ${one} }, { name = "b" }]`
    )
  )
  return fc
    .tuple(fc.oneof(fc.constantFrom(...TRANSFORMS), routing), inputs)
    .map(([text, line]) => `${line}\n${text}`)
}

function sink(inputs: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.oneof(
        { weight: 9, arbitrary: fc.constant('"http"') },
        { weight: 1, arbitrary: fc.constant('"console"') }
      ),
      inputs,
      fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...GOOD_URIS) },
        { weight: 1, arbitrary: fc.constantFrom(...ODD_URIS) }
      ),
      optional(SINK_LINES),
      fc.oneof(
        { weight: 3, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.constantFrom(...CONDITIONS) }
      )
    )
    .map(([type, line, uri, lines, condition]) =>
      joined([
        `type = ${type}`,
        line,
        `uri = ${uri}`,
        ...lines,
        ...(condition === null ? [] : [`condition = ${condition}`])
      ])
    )
}

/** A few of them. */
function optional(lines: readonly string[]): fc.Arbitrary<readonly string[]> {
  return fc.subarray([...lines], { maxLength: 6 })
}

/** Each key once, because TOML refuses a second one. */
function joined(lines: readonly string[]): string {
  const seen = new Set<string>()
  const kept = lines.filter((line) => {
    const [key = ''] = line.split(/[\s.=]/)
    const isNew = !seen.has(key)
    seen.add(key)
    return isNew
  })
  return kept.join('\n')
}
