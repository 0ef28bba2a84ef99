const { TestEnvironment } = require('jest-environment-node');

/** Node's, which ends the child processes that a spec file left, as one does whose `beforeAll` failed. */
module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.childProcesses = new Set();
  }

  async teardown() {
    for (const child of this.global.childProcesses) child.kill('SIGKILL');
    await super.teardown();
  }
};
