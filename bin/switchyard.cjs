#!/usr/bin/env node
'use strict'

/*
 * The `switchyard` command. It must run on any Node.js, however old, so it uses no package and
 * no syntax newer than ES5: on Node 24 or later it loads the built CLI; on an older one it runs
 * itself again with the Node 24 that npm installed beside it, or ends with one sentence.
 */
var childProcess = require('child_process')
var fs = require('fs')
var path = require('path')

var REQUIRED_MAJOR = 24
/* EX_UNAVAILABLE of sysexits.h: something that the program needs is missing. */
var EXIT_UNAVAILABLE = 69

var packageFolder = path.join(__dirname, '..')

function say(sentence) {
  process.stderr.write('switchyard: ' + sentence + '\n')
}

/* npm links the newer Node into this package's own node_modules, or hoists it above. */
function findNewerNode() {
  var name = process.platform === 'win32' ? 'node.exe' : 'node'
  var folder = packageFolder
  for (;;) {
    var candidate = path.join(folder, 'node_modules', 'node', 'bin', name)
    if (fs.existsSync(candidate)) return candidate
    var parent = path.dirname(folder)
    if (parent === folder) return null
    folder = parent
  }
}

/* A terminal sends Ctrl+C to the child as well, and a second one would read as impatience. */
function forwardedSignals() {
  var signals = ['SIGTERM', 'SIGHUP']
  return process.stdin.isTTY ? signals : signals.concat('SIGINT')
}

function ignore() {}

function runAgain(node) {
  process.env.SWITCHYARD_LAUNCHED_AGAIN = '1'
  var child = childProcess.spawn(node, [__filename].concat(process.argv.slice(2)), {
    stdio: 'inherit'
  })
  process.on('SIGINT', ignore)
  forwardedSignals().forEach(function (signal) {
    process.on(signal, function () {
      child.kill(signal)
    })
  })
  child.on('error', function (error) {
    say('cannot run ' + node + ' (' + error.message + ').')
    process.exitCode = EXIT_UNAVAILABLE
  })
  child.on('exit', function (code, signal) {
    if (signal === null) {
      process.exitCode = code
      return
    }
    /* End as the child ended, so that a shell or a supervisor sees the same signal. */
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

function loadCli() {
  var cli = path.join(packageFolder, 'out', 'main', 'cli.js')
  if (!fs.existsSync(cli)) {
    say('it is not built yet; run `npm run build` in ' + packageFolder + '.')
    process.exitCode = EXIT_UNAVAILABLE
    return
  }
  require('./load-cli.cjs')(cli)
}

function start() {
  /* The mark of a second run: a `node` package that is too old must not loop. */
  var isSecondRun = process.env.SWITCHYARD_LAUNCHED_AGAIN === '1'
  delete process.env.SWITCHYARD_LAUNCHED_AGAIN
  if (parseInt(process.versions.node, 10) >= REQUIRED_MAJOR) {
    loadCli()
    return
  }
  var newer = isSecondRun ? null : findNewerNode()
  if (newer === null) {
    say(
      'it needs Node.js ' + REQUIRED_MAJOR + ' or later, and this is ' + process.versions.node + '.'
    )
    process.exitCode = EXIT_UNAVAILABLE
    return
  }
  runAgain(newer)
}

start()
