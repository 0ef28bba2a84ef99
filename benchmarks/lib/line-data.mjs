/** Data for a line whose JSON has this many bytes. */
export const getData = (bytes) => ({ note: 'x'.repeat(bytes - JSON.stringify({ note: '' }).length) });
