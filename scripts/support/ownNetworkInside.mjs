// The first process of a network of its own (ownNetwork.mjs): makes the network, answers for names, runs the command, and writes
// down what the kernel sent.   node ownNetworkInside.mjs <folder> <command> [argument...]
import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { folderVariable, namesFile, outsideInterface, sentFile, sentSoFar } from './ownNetwork.mjs';

const [folder, command, ...args] = process.argv.slice(2);
const otherEnd = 'outside1';
/** IPv6 may be switched off in the kernel. */
const hasIpv6 = existsSync('/proc/sys/net/ipv6/conf/lo');

const ip = (...lines) => execFileSync('ip', ['-batch', '-'], { input: lines.join('\n') });

/**
 * A pair of interfaces of which one is the way to everywhere, and the other throws away what arrives. The kernel itself is silent on
 * it: no ARP and no neighbour discovery (so the table of neighbours holds the addresses that were sent to), no link-local address,
 * no routers asked for.
 */
function makeInterfaces() {
  ip(
    'link set lo up',
    `link add ${outsideInterface} type veth peer name ${otherEnd}`,
    `link set ${outsideInterface} arp off`,
  );
  if (hasIpv6) {
    const set = (name, setting, value) =>
      writeFileSync(`/proc/sys/net/ipv6/conf/${name}/${setting}`, value);
    set(otherEnd, 'disable_ipv6', '1');
    set(outsideInterface, 'disable_ipv6', '0');
    set(outsideInterface, 'addr_gen_mode', '1');
    set(outsideInterface, 'router_solicitations', '0');
    set(outsideInterface, 'accept_ra', '0');
  }
  // Addresses for documentation (RFC 5737, RFC 3849).
  const ways = hasIpv6
    ? [
        `address add 2001:db8::1/128 dev ${outsideInterface} nodad`,
        `route add ::/0 dev ${outsideInterface}`,
      ]
    : [];
  ip(
    `link set ${otherEnd} up`,
    `link set ${outsideInterface} up`,
    `address add 198.51.100.1/32 dev ${outsideInterface}`,
    `route add default dev ${outsideInterface}`,
    ...ways,
  );
}

/** Names are asked of 127.0.0.1 by DNS, whatever this machine does otherwise. */
function useOwnNameServer() {
  const over = (file, content) => {
    const ours = path.join(folder, path.basename(file));
    writeFileSync(ours, content);
    execFileSync('mount', ['--bind', ours, file]);
  };
  over('/etc/resolv.conf', 'nameserver 127.0.0.1\n');
  const order = '/etc/nsswitch.conf';
  if (existsSync(order))
    over(order, readFileSync(order, 'utf8').replace(/^hosts:.*$/m, 'hosts: files dns'));
  // A service outside that keeps names for the C library.
  if (existsSync('/run/nscd')) execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', '/run/nscd']);
}

const typeNames = new Map(
  Object.entries({ 1: 'A', 12: 'PTR', 28: 'AAAA', 33: 'SRV', 65: 'HTTPS' }),
);

/** The question of a DNS message (RFC 1035, section 4.1): its name, its type, and where it ends. */
function questionOf(message) {
  const labels = [];
  let at = 12;
  for (let length; (length = message[at]) > 0; at += length + 1)
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
  return { name: labels.join('.'), type: message.readUInt16BE(at + 1), end: at + 5 };
}

/** Answers with an address of a range for tests (RFC 2544, RFC 3849), another for each name, so that the address tells the name. */
function answerNames() {
  const names = [];
  const socket = createSocket('udp4');
  socket.on('message', (message, { address, port }) => {
    const { name, type, end } = questionOf(message);
    if (!names.includes(name)) names.push(name);
    const number = names.indexOf(name) + 1;
    const bytes =
      type === 1
        ? Buffer.from([198, 18, number >> 8, number & 255])
        : type === 28
          ? Buffer.from(`20010db80000000100000000${number.toString(16).padStart(8, '0')}`, 'hex')
          : undefined;
    const given = {
      1: `198.18.${number >> 8}.${number & 255}`,
      28: `2001:db8:0:1::${number.toString(16)}`,
    };
    const entry = { type: typeNames.get(String(type)) ?? String(type), name, address: given[type] };
    appendFileSync(path.join(folder, namesFile), `${JSON.stringify(entry)}\n`);
    // The identification of the question; a response, recursion available; one question, and one answer or none.
    const header = Buffer.from([
      message[0],
      message[1],
      0x81,
      0x80,
      0,
      1,
      0,
      bytes ? 1 : 0,
      0,
      0,
      0,
      0,
    ]);
    // The name by a pointer to the question, the type, class IN, 60 s, and the address.
    const answer = bytes
      ? [Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, bytes.length]), bytes]
      : [];
    socket.send(Buffer.concat([header, message.subarray(12, end), ...answer]), port, address);
  });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(53, '127.0.0.1', () => resolve(socket));
  });
}

makeInterfaces();
useOwnNameServer();
const socket = await answerNames();
const child = spawn(command, args, {
  stdio: 'inherit',
  env: { ...process.env, [folderVariable]: folder },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
const code = await new Promise((resolve, reject) => {
  child.once('error', reject);
  child.once('exit', (exitCode) => resolve(exitCode ?? 1));
});
writeFileSync(path.join(folder, sentFile), JSON.stringify(sentSoFar(folder)));
socket.close();
process.exitCode = code;
