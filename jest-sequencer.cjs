const { default: Sequencer } = require('@jest/test-sequencer');

/** Stories first: they take longest, and their files are short, so that Jest would start them last where it has no earlier run to go by. */
module.exports = class extends Sequencer {
  sort(tests) {
    const isStory = ({ path }) => path.includes('/stories/');
    return super.sort(tests).sort((a, b) => isStory(b) - isStory(a));
  }
};
