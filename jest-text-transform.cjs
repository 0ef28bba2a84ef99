/** Gives tests what esbuild's text loader gives the build: a `.lua`, `.sql` or `.txt` file imported as a string. */
module.exports = {
  process: (text) => ({
    code: `Object.defineProperty(exports, '__esModule', { value: true });\nexports.default = ${JSON.stringify(text)};`,
  }),
};
