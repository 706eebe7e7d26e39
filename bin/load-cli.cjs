'use strict'

/* Apart from the launcher, because a Node.js before 13 cannot even read `import()`. */
var url = require('url')

module.exports = function loadCli(file) {
  return import(url.pathToFileURL(file).href)
}
