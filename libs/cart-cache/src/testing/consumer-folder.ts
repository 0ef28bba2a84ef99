import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { endWithThisProcess, freePort, until } from '@badger-store/test-kit';

const root = join(__dirname, '../../../..');
export const builtFolder = join(root, 'dist/libs/cart-cache');

export interface RunningService {
  /** Sends a request as this user; the body of the response, parsed. */
  request(method: string, path: string, user?: string): Promise<{ status: number; body: unknown; cookie: string }>;
  stop(): void;
}

/** A folder outside the workspace, into which the built package is installed as a user would install it. */
export class ConsumerFolder {
  private constructor(
    readonly path: string,
    private readonly versions: Readonly<Record<string, string | undefined>>,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async create(
    env: Readonly<Record<string, string>>,
    packages: readonly string[] = [],
  ): Promise<ConsumerFolder> {
    const path = await realpath(await mkdtemp(join(tmpdir(), 'badger-package-')));
    const workspace = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const folder = new ConsumerFolder(path, { ...workspace.dependencies, ...workspace.devDependencies }, env);
    await folder.write('package.json', JSON.stringify({ private: true }));
    const [packed] = JSON.parse(await folder.run('npm', ['pack', '--json', '--pack-destination', path], builtFolder));
    await folder.install(`./${packed.filename}`, ...packages);
    return folder;
  }

  /** Resolves to the output of the program; rejects with all of it. */
  async run(program: string, args: readonly string[], cwd = this.path): Promise<string> {
    const env = { ...process.env, ...this.env };
    try {
      return (await promisify(execFile)(program, args, { cwd, env, timeout: 180_000 })).stdout;
    } catch (error) {
      const { message, stdout } = error as Error & { stdout?: string };
      throw new Error(`${message}\n${stdout}`, { cause: error });
    }
  }

  /** Installs packages in the versions of the workspace, or a file. */
  async install(...packages: readonly string[]): Promise<void> {
    const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
    const named = packages.map((name) => (this.versions[name] ? `${name}@${this.versions[name]}` : name));
    await this.run('npm', ['install', ...options, ...named]);
  }

  write(file: string, text: string): Promise<void> {
    return writeFile(join(this.path, file), text);
  }

  async compile(files: readonly string[], options: object = {}): Promise<void> {
    const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
    const compilerOptions = { module: 'nodenext', target: 'es2023', types: ['node'], ...strict, ...options };
    await this.write('tsconfig.json', JSON.stringify({ compilerOptions, files }));
    await this.run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc')]);
  }

  /** Without a check of types. */
  async transpile(format: 'cjs' | 'esm', files: readonly string[], extension = 'js'): Promise<void> {
    const places = ['--outdir=.', '--outbase=.', `--out-extension:.js=.${extension}`];
    const options = [`--format=${format}`, '--target=node20', '--log-level=error'];
    await this.run(join(root, 'node_modules/.bin/esbuild'), [...files, ...places, ...options]);
  }

  /** Starts a compiled service, and resolves when it responds. */
  async serve(file: string): Promise<RunningService> {
    const port = await freePort();
    const env = { ...process.env, ...this.env, PORT: String(port) };
    const stdio = ['ignore', 'ignore', 'inherit'] as const;
    const child: ChildProcess = endWithThisProcess(
      spawn(process.execPath, [file], { cwd: this.path, env, stdio: [...stdio] }),
    );
    const service: RunningService = {
      async request(method, path, user = '') {
        const headers: Record<string, string> = user.startsWith('connect.sid') ? { cookie: user } : { 'x-user': user };
        const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers });
        const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
        return { status: response.status, body: await response.json().catch(() => undefined), cookie };
      },
      stop: () => void child.kill('SIGKILL'),
    };
    const responds = () =>
      service.request('GET', '/cart', 'unknown').then(
        () => true,
        () => false,
      );
    await until(`${file} responds`, responds, 30_000);
    return service;
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }
}
