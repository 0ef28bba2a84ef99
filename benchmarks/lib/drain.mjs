import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** A pipe whose other end another process reads, as a container's runtime reads what a service logs. For `stdio`. */
export function openDrain(folder) {
  const path = join(folder, 'log');
  execFileSync('mkfifo', [path]);
  const reader = spawn('sh', ['-c', 'exec cat "$0" > /dev/null', path], { stdio: 'ignore' });
  const fd = openSync(path, 'w');
  rmSync(path);
  return {
    fd,
    close() {
      closeSync(fd);
      reader.kill();
    },
  };
}
