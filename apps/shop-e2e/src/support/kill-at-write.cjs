// Required by a service's process (node --require): after SIGUSR2, it dies as by kill -9 before its nth write to a socket, so that
// every n is another step of what it does.
const { Socket } = require('node:net');
const { Duplex } = require('node:stream');

const killAt = Number(process.env.KILL_AT_WRITE);
let writes = -Infinity;

process.on('SIGUSR2', () => (writes = 0));
Socket.prototype.write = function write(...args) {
  writes += 1;
  if (writes === killAt) process.kill(process.pid, 'SIGKILL');
  return Duplex.prototype.write.apply(this, args);
};
