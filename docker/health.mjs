// For HEALTHCHECK, as the images have no curl: exit 0 while the service answers /livez.
const { ADMIN_PORT, PORT } = process.env;
const response = await fetch(`http://127.0.0.1:${ADMIN_PORT || PORT}/livez`, { signal: AbortSignal.timeout(2500) });
process.exitCode = response.ok ? 0 : 1;
