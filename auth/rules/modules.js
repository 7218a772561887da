// The modules of Node that rules use and that reach nothing outside: bytes, digests and addresses. Go gives what they stand
// on: decode and encode turn texts into bytes and back, digest hashes.
(function (decode, encode, digest) {
  'use strict';
  class Bytes extends Uint8Array {
    toString(encoding) { return encode(this.buffer.slice(this.byteOffset, this.byteOffset + this.byteLength), encoding || 'utf8'); }
    equals(other) { return this.toString('hex') === Buffer.from(other).toString('hex'); }
    toJSON() { return { type: 'Buffer', data: Array.from(this) }; }
  }
  function Buffer(from, encoding) { return Buffer.from(from, encoding); }
  Buffer.prototype = Bytes.prototype;
  Buffer.from = function (from, encoding) {
    if (typeof from === 'string') return new Bytes(decode(from, encoding || 'utf8'));
    if (Array.isArray(from) || ArrayBuffer.isView(from) || from instanceof ArrayBuffer) return new Bytes(from);
    throw new TypeError('Buffer.from takes a text or bytes');
  };
  Buffer.alloc = (size) => new Bytes(size);
  Buffer.isBuffer = (x) => x instanceof Bytes;
  Buffer.byteLength = (text, encoding) => Buffer.from(text, encoding).length;
  Buffer.concat = function (list) {
    const all = new Bytes(list.reduce((size, part) => size + part.length, 0));
    list.reduce((at, part) => { all.set(part, at); return at + part.length; }, 0);
    return all;
  };

  function hash(algorithm, key) {
    const parts = [];
    return {
      update(data, encoding) { parts.push(Buffer.from(data, encoding)); return this; },
      digest(encoding) {
        const made = new Bytes(digest(String(algorithm), Buffer.concat(parts).buffer, key === undefined ? undefined : Buffer.from(key).buffer));
        return encoding ? made.toString(encoding) : made;
      },
    };
  }
  const crypto = { createHash: (algorithm) => hash(algorithm), createHmac: (algorithm, key) => hash(algorithm, key === undefined ? '' : key) };

  const unescape = (text) => { try { return decodeURIComponent(text.replace(/\+/g, ' ')); } catch (e) { return text; } };
  const querystring = {
    parse(text) {
      const all = Object.create(null);
      for (const pair of String(text).split('&').filter(Boolean)) {
        const at = (pair + '=').indexOf('='), name = unescape(pair.slice(0, at)), value = unescape(pair.slice(at + 1));
        all[name] = name in all ? [].concat(all[name], value) : value;
      }
      return all;
    },
    stringify: (all) => Object.keys(Object(all)).map((name) => [].concat(all[name])
      .map((value) => encodeURIComponent(name) + '=' + encodeURIComponent(value == null ? '' : value)).join('&')).join('&'),
    escape: encodeURIComponent, unescape: decodeURIComponent,
  };

  // parse reads an address as browsers do: a backslash is a slash, and the last @ before the path ends the name and password.
  const url = {
    parse(text, parseQuery) {
      const [, front, rest] = /^([^?#]*)([^]*)$/.exec(String(text).trim());
      const m = /^([a-z][a-z0-9+.-]*:)?(?:(\/\/)(?:([^/]*)@)?(\[[^\]/]*\]|[^/:]*)(?::(\d*))?(?=\/|$))?([^]*)$/i.exec(front.replace(/\\/g, '/'));
      const [, search, hash] = /^(\?[^#]*)?(#[^]*)?$/.exec(rest);
      const or = (x) => x === undefined || x === '' ? null : x, host = (m[4] || '').toLowerCase();
      const u = {
        protocol: m[1] ? m[1].toLowerCase() : null, slashes: m[2] ? true : null, auth: m[3] ? unescape(m[3]) : null,
        host: m[2] ? host + (m[5] ? ':' + m[5] : '') : null, port: or(m[5]), hostname: m[2] ? host.replace(/^\[|\]$/g, '') : null,
        hash: or(hash), search: or(search), pathname: or(m[6]) || (m[2] ? '/' : null),
      };
      u.query = parseQuery ? querystring.parse((search || '').slice(1)) : search ? search.slice(1) : null;
      u.path = or((u.pathname || '') + (u.search || ''));
      u.href = url.format(u);
      return u;
    },
    format(u) {
      if (typeof u === 'string') return u;
      const protocol = u.protocol ? u.protocol.replace(/:?$/, ':') : '', slashes = u.slashes || /^https?:$/.test(protocol) ? '//' : '';
      const host = u.host || (u.hostname ? u.hostname + (u.port ? ':' + u.port : '') : ''), query = querystring.stringify(u.query);
      const search = u.search || (u.query && typeof u.query === 'object' && query ? '?' + query : '');
      return protocol + slashes + (u.auth ? encodeURIComponent(u.auth).replace('%3A', ':') + '@' : '') + host + (u.pathname || '') + search + (u.hash || '');
    },
  };

  // Whatever else Node has in them says by its name that it isn't here.
  const only = (module, all) => new Proxy(all, {
    get: function (all, name) {
      if (name in all || typeof name === 'symbol' || name === 'then' || name === 'toJSON') return all[name];
      throw new Error(module + '.' + name + ' is not available in rules');
    },
  });
  return { buffer: { Buffer }, crypto: only('crypto', crypto), url: only('url', url), querystring: only('querystring', querystring) };
})
