// The part of lodash (https://lodash.com, of whose functions these have the names and the sense) that rules use most. What
// isn't here says so by its name.
(function () {
  'use strict';
  const own = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
  const path = (p) => Array.isArray(p) ? p.map(String) : String(p).split(/[.[\]]+/).filter((key) => key !== '');
  const isObject = (x) => x !== null && (typeof x === 'object' || typeof x === 'function');
  const isPlain = (x) => isObject(x) && !Array.isArray(x) && typeof x !== 'function';
  const values = (x) => x == null ? [] : typeof x === 'string' ? Array.from(x) : Array.isArray(x) ? x : Object.keys(x).map((key) => x[key]);
  const entries = (x) => Array.isArray(x) ? x.map((value, i) => [i, value]) : Object.keys(Object(x)).map((key) => [key, x[key]]);
  const lists = (all) => Array.from(all).filter(Array.isArray);
  const flat = (list, depth) => list.reduce((all, x) => Array.isArray(x) && depth > 0 ? all.concat(flat(x, depth - 1)) : all.concat([x]), []);
  const unsafe = (key) => key === '__proto__' || key === 'constructor' || key === 'prototype';

  // by makes a function of what lodash takes for one: a path, an object that must match, or [path, value].
  function by(what) {
    if (what == null) return (x) => x;
    if (typeof what === 'function') return what;
    if (Array.isArray(what)) return (x) => isEqual(get(x, what[0]), what[1]);
    if (isObject(what)) return (x) => isMatch(x, what);
    return (x) => get(x, what);
  }
  function get(object, at, otherwise) {
    let here = object;
    for (const key of isObject(object) && !Array.isArray(at) && at in object ? [at] : path(at)) {
      if (here == null) return otherwise;
      here = here[key];
    }
    return here === undefined ? otherwise : here;
  }
  function has(object, at) {
    if (object == null) return false;
    let here = object;
    for (const key of !Array.isArray(at) && own(Object(object), at) ? [at] : path(at)) {
      if (here == null || !own(Object(here), key)) return false;
      here = here[key];
    }
    return true;
  }
  function set(object, at, value) {
    const keys = path(at);
    if (!isObject(object) || keys.length === 0 || keys.some(unsafe)) return object;
    let here = object;
    keys.slice(0, -1).forEach((key, i) => {
      if (!isObject(here[key])) here[key] = /^\d+$/.test(keys[i + 1]) ? [] : {};
      here = here[key];
    });
    here[keys[keys.length - 1]] = value;
    return object;
  }
  function isEqual(a, b) {
    if (Object.is(a, b) || a === b) return true;
    if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
    if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return false;
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => own(b, key) && isEqual(a[key], b[key]));
  }
  function isMatch(object, like) {
    return Object.keys(like).every((key) => isObject(object) && (isObject(like[key]) ? isMatch(object[key], like[key]) : isEqual(object[key], like[key])));
  }
  function copy(x) {
    if (Array.isArray(x)) return x.map(copy);
    if (x instanceof Date) return new Date(x.getTime());
    return isPlain(x) ? merge({}, x) : x;
  }
  function merge(into) {
    for (const from of Array.from(arguments).slice(1)) {
      for (const key of Object.keys(Object(from)).filter((key) => !unsafe(key))) {
        if (isPlain(from[key]) && isPlain(into[key])) merge(into[key], from[key]);
        else if (from[key] !== undefined) into[key] = copy(from[key]);
      }
    }
    return into;
  }
  function uniqBy(list, what) {
    const key = by(what), seen = new Set();
    return values(list).filter((x) => !seen.has(key(x)) && seen.add(key(x)));
  }
  function pickBy(object, what) {
    const out = {}, keep = by(what);
    for (const [key, value] of entries(object)) if (!unsafe(key) && keep(value, key)) out[key] = value;
    return out;
  }
  function grouped(list, what, add) {
    const out = {}, key = by(what);
    for (const x of values(list)) if (!unsafe(key(x))) add(out, key(x), x);
    return out;
  }
  const names = (args) => flat(Array.from(args).slice(1), 2).map(String);
  const trimmed = (x) => x == null ? '' : String(x);

  const _ = function () { throw new Error("lodash's chains, _(list), are not available: call its functions one by one"); };
  Object.assign(_, {
    get, has, set, isEqual, isMatch, merge, uniqBy, pickBy,
    pick: (object, ...keys) => names([0, keys]).reduce((out, key) => has(object, key) ? set(out, key, get(object, key)) : out, {}),
    omit: (object, ...keys) => pickBy(object, (_, key) => !names([0, keys]).includes(String(key))),
    omitBy: (object, what) => pickBy(object, (value, key) => !by(what)(value, key)),
    uniq: (list) => Array.from(new Set(values(list))),
    union: (...all) => Array.from(new Set(flat(lists(all), 1))),
    intersection: (first, ...others) => _.uniq(first).filter((x) => others.every((other) => values(other).includes(x))),
    difference: (list, ...others) => values(list).filter((x) => !flat(lists(others), 1).includes(x)),
    without: (list, ...gone) => values(list).filter((x) => !gone.includes(x)),
    includes: (list, x, from) => typeof list === 'string' ? list.includes(x, from) : values(list).includes(x, from),
    isEmpty: (x) => x == null || (isObject(x) || typeof x === 'string' ? (typeof x.size === 'number' ? x.size : Object.keys(x).length) === 0 : true),
    map: (list, what) => entries(list).map(([key, x]) => by(what)(x, key, list)),
    filter: (list, what) => entries(list).filter(([key, x]) => by(what)(x, key, list)).map(([, x]) => x),
    reject: (list, what) => entries(list).filter(([key, x]) => !by(what)(x, key, list)).map(([, x]) => x),
    find: (list, what) => (entries(list).find(([key, x]) => by(what)(x, key, list)) || [])[1],
    findIndex: (list, what) => values(list).findIndex((x, i) => by(what)(x, i, list)),
    some: (list, what) => entries(list).some(([key, x]) => by(what)(x, key, list)),
    every: (list, what) => entries(list).every(([key, x]) => by(what)(x, key, list)),
    forEach: (list, what) => { entries(list).some(([key, x]) => what(x, key, list) === false); return list; },
    reduce: (list, what, ...first) => entries(list).slice(first.length ? 0 : 1)
      .reduce((sum, [key, x]) => what(sum, x, key, list), first.length ? first[0] : values(list)[0]),
    sortBy: (list, ...what) => values(list).slice().sort((a, b) => {
      for (const key of what.length ? flat(what, 1).map(by) : [by()]) if (key(a) !== key(b)) return key(a) < key(b) ? -1 : 1;
      return 0;
    }),
    groupBy: (list, what) => grouped(list, what, (out, key, x) => { (own(out, key) ? out[key] : (out[key] = [])).push(x); }),
    keyBy: (list, what) => grouped(list, what, (out, key, x) => { out[key] = x; }),
    mapValues: (object, what) => { const out = pickBy(object, () => true); for (const key of Object.keys(out)) out[key] = by(what)(out[key], key); return out; },
    mapKeys: (object, what) => { const out = {}; for (const [key, x] of entries(object)) if (!unsafe(by(what)(x, key))) out[by(what)(x, key)] = x; return out; },
    flatten: (list) => flat(values(list), 1), flattenDeep: (list) => flat(values(list), Infinity), compact: (list) => values(list).filter(Boolean),
    first: (list) => values(list)[0], head: (list) => values(list)[0], last: (list) => values(list).slice(-1)[0], size: (x) => values(x).length,
    keys: (x) => Object.keys(Object(x)), values: (x) => values(x).slice(), toPairs: (x) => entries(x), fromPairs: (list) => Object.fromEntries(values(list)),
    assign: (into, ...from) => Object.assign(into, ...from), extend: (into, ...from) => Object.assign(into, ...from),
    defaults: (into, ...from) => { for (const x of from) for (const [key, value] of entries(x)) if (into[key] === undefined && !unsafe(key)) into[key] = value; return into; },
    clone: (x) => Array.isArray(x) ? x.slice() : isPlain(x) ? Object.assign({}, x) : x, cloneDeep: copy,
    isString: (x) => typeof x === 'string', isNumber: (x) => typeof x === 'number', isBoolean: (x) => typeof x === 'boolean',
    isArray: Array.isArray, isObject, isPlainObject: (x) => isPlain(x) && [Object.prototype, null].includes(Object.getPrototypeOf(x)),
    isFunction: (x) => typeof x === 'function', isUndefined: (x) => x === undefined, isNull: (x) => x === null, isNil: (x) => x == null,
    toLower: (x) => trimmed(x).toLowerCase(), toUpper: (x) => trimmed(x).toUpperCase(), trim: (x) => trimmed(x).trim(), split: (x, at) => trimmed(x).split(at),
    startsWith: (x, start) => trimmed(x).startsWith(start), endsWith: (x, end) => trimmed(x).endsWith(end), join: (list, by) => values(list).join(by),
    identity: (x) => x, noop: () => undefined, constant: (x) => () => x,
  });
  Object.assign(_, { contains: _.includes, each: _.forEach, any: _.some, all: _.every, pluck: _.map, indexBy: _.keyBy, toArray: _.values });
  return new Proxy(_, {
    get: function (all, name) {
      if (name in all || typeof name === 'symbol' || name === 'then' || name === 'toJSON') return all[name];
      throw new Error('lodash.' + name + ' is not available: only the functions that rules use most are');
    },
  });
})
