/**
 * The tables of the history file. Its version is SQLite's `user_version`; each migration leads
 * from the version of its index to the next one, and none is ever changed once it was released.
 *
 * AUTOINCREMENT keeps the highest number after its row was removed, so that numbers which
 * operators have written down are never given twice.
 */
import type { DatabaseSync } from 'node:sqlite'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'

const FIRST = `
  CREATE TABLE event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms REAL NOT NULL,
    kind TEXT NOT NULL,
    severity TEXT NOT NULL,
    actor TEXT NOT NULL,
    text TEXT NOT NULL,
    pool TEXT,
    backend TEXT,
    code TEXT,
    incident_id INTEGER
  ) STRICT;
  CREATE INDEX event_at ON event (at_ms);
  CREATE INDEX event_incident ON event (incident_id) WHERE incident_id IS NOT NULL;

  CREATE TABLE incident (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    opened_at_ms REAL NOT NULL,
    closed_at_ms REAL,
    -- Everything was back then, and nothing was lost since.
    back_at_ms REAL,
    severity TEXT NOT NULL,
    pools TEXT NOT NULL,
    event_count INTEGER NOT NULL,
    notes TEXT NOT NULL
  ) STRICT;

  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms REAL NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    reason TEXT NOT NULL,
    outcome TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_at ON audit (at_ms);

  CREATE TABLE config_version (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    file TEXT NOT NULL,
    at_ms REAL NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    summary TEXT NOT NULL,
    hash TEXT NOT NULL,
    text TEXT NOT NULL
  ) STRICT;

  CREATE TABLE console_session (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    pid INTEGER NOT NULL,
    version TEXT NOT NULL,
    started_at_ms REAL NOT NULL,
    seen_at_ms REAL NOT NULL,
    ended_at_ms REAL,
    engine_directory TEXT
  ) STRICT;

  -- Several rows of one minute are possible: the console was restarted in it.
  CREATE TABLE minute (
    at_ms REAL NOT NULL,
    scope TEXT NOT NULL,
    covered_ms REAL NOT NULL,
    requests REAL NOT NULL,
    ok2xx REAL NOT NULL,
    redirect3xx REAL NOT NULL,
    client4xx REAL NOT NULL,
    server5xx REAL NOT NULL,
    failures REAL NOT NULL,
    in_flight_max REAL NOT NULL,
    queued_max REAL NOT NULL,
    latency TEXT NOT NULL
  ) STRICT;
  CREATE INDEX minute_scope_at ON minute (scope, at_ms);
  CREATE INDEX minute_at ON minute (at_ms);
`

/** A plan's request as JSON. */
const OFFERS = 'ALTER TABLE event ADD COLUMN offer TEXT'

export const MIGRATIONS: readonly string[] = [FIRST, OFFERS]

/**
 * Brings a file to the newest version, each step in a transaction of its own. Throws
 * HISTORY_UNUSABLE for a file of a newer Switchyard, which is left as it is.
 */
export function migrate(database: DatabaseSync, migrations = MIGRATIONS): void {
  const found = versionOf(database)
  if (found > migrations.length) {
    throw new SwitchyardError(
      'HISTORY_UNUSABLE',
      `The history file has version ${found}, and this Switchyard knows versions up to ${migrations.length}.`
    )
  }
  for (let version = found; version < migrations.length; version++) {
    database.exec('BEGIN IMMEDIATE')
    try {
      database.exec(migrations[version]!)
      database.exec(`PRAGMA user_version = ${version + 1}`)
      database.exec('COMMIT')
    } catch (error) {
      database.exec('ROLLBACK')
      throw error
    }
  }
}

export function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
}
