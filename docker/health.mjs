// For HEALTHCHECK, because the images have no curl: exits with 0 if /livez responds.
const { ADMIN_PORT, PORT, HOST = '' } = process.env;
const host = HOST.replace(/^\[(.*)\]$/, '$1');
// A wildcard address includes the loopback address.
const reached = ['', '0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
const response = await fetch(`http://${reached.includes(':') ? `[${reached}]` : reached}:${ADMIN_PORT || PORT}/livez`, {
  signal: AbortSignal.timeout(2500),
});
process.exitCode = response.ok ? 0 : 1;
