/**
 * A reader of protocol-1 reports that follows docs/protocol.md to the letter and names the first rule
 * that a packet breaks. It shares no code with the product, so that both cannot be wrong in the same
 * way.
 */

const MAX_PACKET_BYTES = 4096;

/** The first rule that the packet breaks; `undefined` if it keeps every rule. */
export function brokenRule(packet: Uint8Array, signature: string): string | undefined {
  if (packet.length > MAX_PACKET_BYTES) return "over 4,096 bytes";
  const text = Array.from(packet, (byte) => String.fromCharCode(byte)).join("");
  const head = Array.from(new TextEncoder().encode(`${signature}<`), (byte) =>
    String.fromCharCode(byte),
  ).join("");
  if (!text.startsWith(head)) return "not the signature";
  const lines = text.slice(head.length).split("\n");
  if (lines.length !== 4) return `${lines.length} lines`;
  const [first = "", processes = "", users = "", messages = ""] = lines;
  if (/[\0-\x08\x0a-\x1f\x7f-\x9f]/.test(lines.join(""))) return "control characters";
  return (
    brokenFirstLine(first) ??
    brokenRecords(processes, { name: "process", most: 5, form: PROCESS }) ??
    brokenRecords(users, { name: "user", most: 10, form: USER }) ??
    brokenRecords(messages, { name: "message", most: 5, form: MESSAGE })
  );
}

const PROCESS = /^[^ \t]+ \d+(\.\d+)? \d+(\.\d+)? [^ \t]+ (\d+-)?\d\d:\d\d:\d\d [^ \t]+$/;
const USER = /^[^ \t]+ -(\d+m|\d+h\d+m|\d+d\d+h) [^ \t]+$/;
const MESSAGE = /^[^\t]+$/;

function brokenFirstLine(line: string): string | undefined {
  const fields = line.split(" ");
  if (fields.length !== 20) return `${fields.length} fields`;
  if (line.split(/\s+/).filter((field) => field !== "").length !== 20) return "empty field";
  const notWhole = fields.slice(1).find((field) => !/^\d+$/.test(field));
  if (notWhole !== undefined) return `${notWhole} is no integer`;
  if (fields[2] !== "60") return "third field is not 60";
  const load = fields.slice(4, 7).find((field) => field.length < 3);
  return load === undefined ? undefined : `load ${load} has lost a digit`;
}

function brokenRecords(
  line: string,
  rule: { readonly name: string; readonly most: number; readonly form: RegExp },
): string | undefined {
  if (line === "") return undefined;
  const records = line.split("\t");
  if (records.length > rule.most) return `${records.length} of ${rule.name}`;
  const bad = records.find((record) => !rule.form.test(record));
  return bad === undefined ? undefined : `${rule.name}: ${bad}`;
}
