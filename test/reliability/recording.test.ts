// What records the connections of the suite sees them: Node's recorder, and the kernel in a network of its own.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  inOwnNetwork,
  outsideInterface,
  readSent,
  whyNoOwnNetwork,
} from '../../scripts/support/ownNetwork.mjs';
import { tempTree } from '../node/tempTree.ts';
import { recordedEnv } from './attack.ts';

const hasOwnNetwork = whyNoOwnNetwork() === undefined;
const hasIpv6 = existsSync('/proc/sys/net/ipv6/conf/lo');

/** Runs it in a network of its own. */
function sentBy(command: string, args: readonly string[], env = process.env) {
  const folder = tempTree();
  const own = inOwnNetwork(folder, command, args);
  const { status, stdout, stderr } = spawnSync(own.command, own.args, { env, encoding: 'utf8' });
  return { status, stdout, stderr, sent: readSent(folder) };
}

describe('the recorder of connections', () => {
  it('sees every kind of them, in processes and their threads, and so does the kernel', () => {
    const log = path.join(tempTree(), 'log');
    // fetch refuses port 9. 192.0.2.0/24 is for documentation (RFC 5737), and .invalid is no domain (RFC 2606): nothing answers there.
    const calls = `
      const quiet = () => {};
      const net = require('node:net');
      net.connect(9, '192.0.2.1').on('error', quiet);
      require('node:tls').connect({ port: 9, host: '192.0.2.2' }).on('error', quiet);
      require('node:http').get('http://192.0.2.3:9/').on('error', quiet);
      fetch('http://192.0.2.4:8080/', { signal: AbortSignal.timeout(300) }).catch(quiet);
      require('node:dgram').createSocket('udp4').on('error', quiet).send('x', 9, '192.0.2.5', quiet);
      const server = net.createServer((socket) => socket.end()).listen(0, '127.0.0.1', () => {
        net.connect(server.address().port, '127.0.0.1').on('error', quiet);
      });
      require('node:dns').lookup('a.invalid', () => setTimeout(() => process.exit(), 500));`;
    const files = tempTree({
      'thread.cjs': calls,
      'main.cjs': `const thread = new (require('node:worker_threads').Worker)(__dirname + '/thread.cjs');
        require('node:net').connect(9, '192.0.2.9').on('error', () => {});
        thread.on('exit', () => process.exit());`,
    });
    const run = [process.execPath, [path.join(files, 'main.cjs')]] as const;
    const env = recordedEnv({ CONTEXT_BUDGET_NETWORK_LOG: log });
    const { status, stderr, sent } = hasOwnNetwork
      ? sentBy(...run, env)
      : { ...spawnSync(...run, { env, encoding: 'utf8' }), sent: undefined };
    expect([status, stderr]).toEqual([0, '']);
    const entries = readFileSync(log, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { what: string; host: string; port?: number });
    const isLocal = ({ what }: { what: string }) => what === 'local' || what === 'listening';
    const portsOf = (wanted: string) =>
      entries.filter(({ what }) => what === wanted).map((entry) => entry.port);
    expect(portsOf('listening')).toEqual([expect.any(Number)]);
    expect(portsOf('local')).toEqual(portsOf('listening'));
    const hosts = entries.filter((entry) => !isLocal(entry)).map(({ host }) => host);
    const addresses = [1, 2, 3, 4, 5, 9].map((last) => `192.0.2.${last}`);
    expect([...new Set(hosts)].sort()).toEqual([...addresses, 'a.invalid']);
    if (sent !== undefined) expect(sent.places).toEqual([...addresses, 'the name a.invalid']);
  });
});

describe.runIf(hasOwnNetwork)('a network of its own', () => {
  it('counts what programs send that are not Node, by names and by addresses, and tells where to', () => {
    const expected = hasIpv6 ? 4 : 3;
    // Nobody answers them: they are ended when the kernel has seen them all.
    const script = `
      set -m
      exec > /dev/null 2>&1
      echo > /dev/tcp/tcp.example/80 &
      echo x > /dev/udp/203.0.113.7/9 &
      ${hasIpv6 ? 'echo > /dev/tcp/2001:db8:5::7/80 &' : ''}
      git ls-remote https://git.example/a.git &
      until [ $(ip neighbour show nud all dev ${outsideInterface} | wc -l) -ge ${expected} ]; do sleep 0.1; done
      for job in $(jobs -p); do kill -- -$job; done
      exit 7`;
    const { status, sent } = sentBy('bash', ['-c', script]);
    expect(status).toBe(7);
    const { places = [], packets = 0, bytes = 0 } = sent ?? {};
    const toNames = places.filter((place) => place.endsWith('.example)'));
    expect(toNames.some((place) => place.endsWith('(tcp.example)'))).toBe(true);
    expect(toNames.some((place) => place.endsWith('(git.example)'))).toBe(true);
    expect(places.filter((place) => !toNames.includes(place))).toEqual([
      ...(hasIpv6 ? ['2001:db8:5::7'] : []),
      '203.0.113.7',
      'the name git.example',
      'the name tcp.example',
    ]);
    // A datagram of two bytes has 44 with its headers, a request for a connection 74 or 94.
    expect(packets).toBeGreaterThanOrEqual(expected);
    expect(bytes).toBeGreaterThanOrEqual(44 + (packets - 1) * 74);
  });

  it('counts nothing that stays on this machine, and is silent by itself', () => {
    // 127.0.0.1, ::1 and the machine's own address: refused, and nothing goes out. A second for what a kernel says unasked.
    const script = `
      for host in 127.0.0.1 ::1 localhost 198.51.100.1; do echo > /dev/tcp/$host/9; done 2>&1
      sleep 1; exit 0`;
    const { status, stdout, sent } = sentBy('bash', ['-c', script]);
    expect([status, sent]).toEqual([0, { bytes: 0, packets: 0, places: [] }]);
    expect(stdout.match(/refused/g)?.length).toBeGreaterThanOrEqual(3);
  });
});
