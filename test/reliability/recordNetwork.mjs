// Preloaded (`node --import`) into every process and thread of the reliability suite: writes down each connection that leaves
// this machine, each name that is looked up, and the bytes sent. One JSON line each, into CONTEXT_BUDGET_NETWORK_LOG.
import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const log = process.env.CONTEXT_BUDGET_NETWORK_LOG;
const alreadyWrapped = Symbol.for('context-budget.recordNetwork');

function isThisMachine(host) {
  return (
    host === undefined ||
    host === '' ||
    host === 'localhost' ||
    host === '::1' ||
    host === '0.0.0.0' ||
    host === '::' ||
    /^(?:::ffff:)?127\./.test(host)
  );
}

function record(what, host, bytes) {
  appendFileSync(log, `${JSON.stringify({ what, host, bytes, pid: process.pid })}\n`);
}

if (log !== undefined && globalThis[alreadyWrapped] !== true) {
  globalThis[alreadyWrapped] = true;

  // net, tls, http, https, http2 and fetch all connect by this one.
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (...args) {
    const [first, second] = Array.isArray(args[0]) ? args[0] : args;
    const options = typeof first === 'object' && first !== null ? first : undefined;
    const isPath =
      options === undefined
        ? typeof first === 'string' && !/^\d+$/.test(first)
        : 'path' in options && options.path != null && options.port === undefined;
    const host =
      options === undefined ? (typeof second === 'string' ? second : undefined) : options.host;
    if (!isPath && !isThisMachine(host)) {
      record('connect', host, 0);
      this.once('close', () => record('sent', host, this.bytesWritten));
    }
    return connect.apply(this, args);
  };

  for (const holder of [dns, dns.promises]) {
    for (const name of Object.keys(holder)) {
      if (!/^(?:lookup|resolve\w*|reverse)$/.test(name)) continue;
      const call = holder[name];
      holder[name] = function (host, ...rest) {
        if (net.isIP(host) === 0 && !isThisMachine(host)) record('lookup', host, 0);
        return call.call(this, host, ...rest);
      };
    }
  }

  const send = dgram.Socket.prototype.send;
  dgram.Socket.prototype.send = function (message, ...rest) {
    const host = rest.findLast((one) => typeof one === 'string');
    if (!isThisMachine(host)) record('datagram', host, message.length);
    return send.call(this, message, ...rest);
  };
  syncBuiltinESMExports();
}
