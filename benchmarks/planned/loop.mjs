// The peer in Node: JSON.parse and ajv, compiled once per planned event, over every line.
// node loop.mjs LOG PLAN prints how many calls it saw and how many do not fit, as JSON.
// ajv has the options that RudderStack gives it, but stops at the first error of a call, which is quicker.
// The file is read by hand in large blocks: quicker than Node's readline, which many would use.
import { openSync, readFileSync, readSync } from "node:fs";
import { createRequire } from "node:module";

const [log, plan, modules] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const Ajv = require("ajv").default;
const ajv = new Ajv({ strictRequired: true, allowUnionTypes: true });
require("ajv-formats").default(ajv);

const validators = new Map();
for (const rule of JSON.parse(readFileSync(plan, "utf8")).rules) {
  validators.set(`${rule.type.toLowerCase()} ${rule.key ?? ""}`, ajv.compile(rule.jsonSchema));
}

let calls = 0;
let broken = 0;
let rest = "";
const file = openSync(log);
const block = Buffer.alloc(1 << 22);
const decoder = new TextDecoder();
for (let size; (size = readSync(file, block)) > 0; ) {
  const lines = (rest + decoder.decode(block.subarray(0, size), { stream: true })).split("\n");
  rest = lines.pop();
  for (const line of lines) {
    const event = JSON.parse(line);
    calls += 1;
    const validate = validators.get(`${event.type} ${event.type === "track" ? event.event : ""}`);
    if (!validate(event)) broken += 1;
  }
}
console.log(JSON.stringify({ calls, broken }));
