// What a rule finds around it. It runs in the fresh machine before the rule does, and keeps what it needs of the language in
// names of its own, since a rule may replace every global.
(function (say, load) {
  'use strict';
  const text = String, parse = JSON.parse, stringify = JSON.stringify, global = globalThis, TypeError_ = TypeError, Error_ = Error;

  class UnauthorizedError extends Error {
    constructor(message) {
      super(message);
      this.name = 'UnauthorizedError';
      this.code = 'unauthorized';
    }
  }
  Object.freeze(UnauthorizedError);
  global.UnauthorizedError = UnauthorizedError;
  global.global = global;

  function shown(value) {
    if (typeof value === 'string') return value;
    try {
      const written = stringify(value);
      return written === undefined ? text(value) : written;
    } catch (e) {
      return '[what has no JSON]';
    }
  }
  const console = {};
  for (const level of ['log', 'info', 'warn', 'error', 'debug', 'trace']) {
    console[level] = function () {
      let line = '';
      for (let i = 0; i < arguments.length && line.length < 1024; i++) line += (i ? ' ' : '') + shown(arguments[i]);
      say(line);
    };
  }
  global.console = console;

  // What rules could do elsewhere and can't here says so by its name, so that its author knows what to take out.
  const without = ' is not available: rules run here without network, files and timers, and without writing to people';
  function missing(name) {
    return function () { throw new Error_(name + without); };
  }
  // A version in the name, as in lodash@4.17.21, says no more than that there once were several.
  const modules = new Map();
  global.require = function (name) {
    const wanted = text(name).replace(/^node:/, '').replace(/(.)@[\d.]+$/, '$1');
    if (!modules.has(wanted)) modules.set(wanted, load(wanted));
    const module = modules.get(wanted);
    if (module === undefined) throw new Error_("require('" + text(name) + "')" + without);
    return module;
  };
  for (const name of ['fetch', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'XMLHttpRequest', 'WebSocket']) {
    global[name] = missing(name);
  }
  global.auth0 = { users: {} };
  for (const name of ['updateAppMetadata', 'updateUserMetadata', 'getUser', 'getUsers', 'linkUsers', 'unlinkUsers']) {
    global.auth0.users[name] = missing('auth0.users.' + name);
  }
  for (const name of ['accessToken', 'domain', 'baseUrl']) {
    Object.defineProperty(global.auth0, name, { configurable: true, enumerable: true, get: missing('auth0.' + name) });
  }
  Object.defineProperty(global, 'process', { configurable: true, get: missing('process') });
  Object.defineProperty(global, 'Buffer', { configurable: true, get: function () { return load('buffer').Buffer; } });

  return {
    parse: parse,
    // write gives the JSON of an object, and nothing else.
    write: function (value) {
      const written = stringify(value);
      if (typeof value !== 'object' || typeof written !== 'string' || written[0] !== '{') throw new TypeError_('it must be an object');
      return written;
    },
    denies: function (value) { return typeof value === 'object' && value instanceof UnauthorizedError; },
    message: function (value) {
      if (value !== null && typeof value === 'object') {
        const message = value.message;
        if (message !== undefined && message !== '') return (value instanceof Error_ ? text(value.name) + ': ' : '') + text(message);
        return value instanceof Error_ ? text(value.name) : shown(value);
      }
      return text(value);
    },
    reason: function (value) { return text(value.message); },
    stack: function (value) {
      const stack = value !== null && typeof value === 'object' ? value.stack : '';
      return typeof stack === 'string' ? stack : '';
    },
  };
})
