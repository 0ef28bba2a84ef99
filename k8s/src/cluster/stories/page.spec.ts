import { findCommands } from './page';

const page = `# A page

## One

1. First:

   \`\`\`sh
   new=$(cat <<EOF
     indented
   EOF
   )
   \`\`\`

2. Second:

   \`\`\`sh
   echo "$new"
   \`\`\`

## Two

\`\`\`sh
echo two
\`\`\`
`;

it('the commands of a section are found without the indentation of its list', () => {
  expect(findCommands(page, 'One')).toBe('new=$(cat <<EOF\n  indented\nEOF\n)\n\necho "$new"\n');
});

it('the commands of a page are those of all its sections', () => {
  expect(findCommands(page)).toMatch(/echo "\$new"\n\necho two\n$/);
});

it('a section without commands is an error', () => {
  expect(() => findCommands(page, 'Three')).toThrow('no commands in Three');
});
