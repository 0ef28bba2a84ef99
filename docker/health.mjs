// For HEALTHCHECK, as the images have no curl: exit 0 while the service answers /livez.
const { ADMIN_PORT, PORT, HOST = '' } = process.env;
const host = HOST.replace(/^\[(.*)\]$/, '$1');
// An address that stands for all includes the loopback one.
const reached = ['', '0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
const response = await fetch(`http://${reached.includes(':') ? `[${reached}]` : reached}:${ADMIN_PORT || PORT}/livez`, {
  signal: AbortSignal.timeout(2500),
});
process.exitCode = response.ok ? 0 : 1;
