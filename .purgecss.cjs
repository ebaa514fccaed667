// Which of KERN's rules the pages use: 340 kB come, about 45 kB are left. `make` runs it when a page changes.
const fs = require("node:fs");

const own = fs.readdirSync("static").filter((name) => name.endsWith(".css"));
const asked = own.flatMap((name) => fs.readFileSync(`static/${name}`, "utf8").match(/--kern-[\w-]+/g) ?? []);

module.exports = {
  content: ["templates/**/*.html", "portal/data/*/templates/**/*.html", "{portal,partners,networks,offers}/**/*.py", "static/*.js"],
  css: ["node_modules/@kern-ux/native/dist/kern.min.css"],
  defaultExtractor: (text) => text.match(/[\w-]+/g) ?? [],
  variables: true,
  keyframes: true,
  fontFace: true,
  safelist: {
    // The colours of a page without levels stand in a rule that begins with `:is(body, …)`; the others are built in templates.
    standard: [":is", /^kern-(alert|icon)--(info|success|warning|danger)$/, /^kern-form-check__(radio|checkbox)(--error)?$/],
    variables: [...new Set(asked)],
  },
};
