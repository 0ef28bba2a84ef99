import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates, type Certificates } from '@badger-store/test-kit';
import { z } from 'zod';
import { checkHttpsSettings, httpsSettings, toIdentityFiles } from './https-settings';
import { loadConfig } from './load-config';

const schema = z.object(httpsSettings).superRefine(checkHttpsSettings);
let folder: string;
let own: Certificates;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'https-settings-'));
  own = await makeCertificates(folder);
  await writeFile(join(folder, 'senseless'), 'senseless');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const load = (change: NodeJS.ProcessEnv = {}) => {
  const { caFile, server } = own;
  const good = { HTTPS_PORT: '3443', HTTPS_CERTIFICATE_FILE: server.certFile, HTTPS_KEY_FILE: server.keyFile };
  return loadConfig(schema, { ...good, UPSTREAM_TLS_CA_FILE: caFile, ...change });
};

it('HTTPS is off without a setting', () => {
  expect(toIdentityFiles(loadConfig(schema, {}))).toBeUndefined();
});

it('HTTPS settings with a certificate and its key are accepted', () => {
  expect(toIdentityFiles(load())).toEqual({ certificateFile: own.server.certFile, keyFile: own.server.keyFile });
});

it.each<[string, NodeJS.ProcessEnv]>([
  ['HTTPS_CERTIFICATE_FILE: needs HTTPS_PORT', { HTTPS_PORT: '' }],
  ['HTTPS_CERTIFICATE_FILE: must be set together with HTTPS_PORT', { HTTPS_CERTIFICATE_FILE: '' }],
  ['HTTPS_KEY_FILE: must be set together with HTTPS_PORT', { HTTPS_KEY_FILE: '' }],
  ['HTTPS_KEY_FILE: the file cannot be read (ENOENT)', { HTTPS_KEY_FILE: '/nowhere/tls.key' }],
  ['HTTPS_CERTIFICATE_FILE: the file cannot be read (ENOENT)', { HTTPS_CERTIFICATE_FILE: '/nowhere/tls.crt' }],
  ['UPSTREAM_TLS_CA_FILE: the file cannot be read (ENOENT)', { UPSTREAM_TLS_CA_FILE: '/nowhere/ca.crt' }],
])('the settings are refused with: %s', (message, change) => {
  expect(() => load(change)).toThrow(message);
});

it.each([
  ['HTTPS_KEY_FILE', 'the PEM key of the certificate'],
  ['HTTPS_CERTIFICATE_FILE', 'PEM certificates'],
  ['UPSTREAM_TLS_CA_FILE', 'PEM certificates'],
])('%s is refused when the file holds something else', (name, what) => {
  expect(() => load({ [name]: join(folder, 'senseless') })).toThrow(`${name}: the file must hold ${what}`);
});

it('HTTPS_KEY_FILE is refused when it holds the key of another certificate', () => {
  expect(() => load({ HTTPS_KEY_FILE: own.client.keyFile })).toThrow('HTTPS_KEY_FILE: the file must hold the PEM key');
});
