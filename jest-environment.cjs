const { TestEnvironment } = require('jest-environment-node');

/** What spec files share that run in this process one after the other, such as the URL of a server. */
const ofWorker = {};

/** Node's, which ends the child processes that a spec file left, as one does whose `beforeAll` failed. */
module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.childProcesses = new Set();
    this.global.ofWorker = ofWorker;
  }

  async teardown() {
    for (const child of this.global.childProcesses) child.kill('SIGKILL');
    await super.teardown();
  }
};
