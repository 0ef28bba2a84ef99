import { parseOptions } from './options';

const stories = ['apply', 'drain'];

it.each([
  [[], /--context is missing/],
  [['--context', 'test', '--only', 'drain,nothing'], /no story nothing/],
  [['--context', 'test', '--cut-node', 'cut {node}'], /need each other/],
  [['--context', 'test', '--start-api', 'start'], /need each other/],
  [['--context', 'test', '--rate', 'some'], /--rate/],
  [['--context', 'test', '--namspace', 'typo'], /namspace/],
])('the runner refuses %j', (args, message) => {
  expect(() => parseOptions(args, stories)).toThrow(message);
});

it('the runner uses a namespace of its own by default', () => {
  const options = parseOptions(['--context', 'test', '--tag', 'next', '--only', 'drain'], stories);
  expect(options).toMatchObject({
    namespace: 'badger-store-test',
    shopperImage: 'badger-store/gateway:next',
    only: ['drain'],
    keep: false,
  });
});
