// Preloaded (`node --import`) into every process and thread of the reliability suite: writes down each connection that leaves
// this machine, each name that is looked up, and the bytes sent; and of this machine itself each port that a server opens and
// each that is connected to. One JSON line each, into CONTEXT_BUDGET_NETWORK_LOG.
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

function record(what, host, more) {
  appendFileSync(log, `${JSON.stringify({ what, host, ...more, pid: process.pid })}\n`);
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
    if (!isPath && isThisMachine(host)) {
      record('local', host ?? 'localhost', { port: Number(options?.port ?? first), bytes: 0 });
    } else if (!isPath) {
      record('connect', host, { bytes: 0 });
      this.once('close', () => record('sent', host, { bytes: this.bytesWritten }));
    }
    return connect.apply(this, args);
  };

  const { listen } = net.Server.prototype;
  net.Server.prototype.listen = function (...args) {
    this.once('listening', () => {
      const bound = this.address();
      if (bound !== null && typeof bound === 'object')
        record('listening', bound.address, { port: bound.port, bytes: 0 });
    });
    return listen.apply(this, args);
  };

  for (const holder of [dns, dns.promises]) {
    for (const name of Object.keys(holder)) {
      if (!/^(?:lookup|resolve\w*|reverse)$/.test(name)) continue;
      const call = holder[name];
      holder[name] = function (host, ...rest) {
        if (net.isIP(host) === 0 && !isThisMachine(host)) record('lookup', host, { bytes: 0 });
        return call.call(this, host, ...rest);
      };
    }
  }

  const send = dgram.Socket.prototype.send;
  dgram.Socket.prototype.send = function (message, ...rest) {
    const host = rest.findLast((one) => typeof one === 'string');
    if (!isThisMachine(host)) record('datagram', host, { bytes: message.length });
    return send.call(this, message, ...rest);
  };
  syncBuiltinESMExports();
}
