/** One message of every kind, with a full report where there is one. */
import type { Message } from "../../src/protocol/message.ts";
import { TYPICAL_REPORT } from "../sealing/typical-report.ts";

/** The messages by kind; the compiler reports a missing kind. */
type OneOfEach = { readonly [Kind in Message["kind"]]: Extract<Message, { kind: Kind }> };

const WHO = { id: "6a1f0c52d3e84b97", incarnation: "c4d07a96e1b35f28" };
const NUMBER = 247_881_002_993_321;

const SAMPLES: OneOfEach = {
  "initial-query": { kind: "initial-query" },
  "address-list": {
    kind: "address-list",
    addresses: Array.from({ length: 50 }, (_, index) => `127.0.5.${index + 1}`),
    skipped: 0,
  },
  request: { kind: "request" },
  question: { kind: "question", question: NUMBER, ...WHO, sequence: 12, watching: true },
  "report-v1": { kind: "report-v1", report: TYPICAL_REPORT, wallSeconds: 1_784_000_000 },
  alive: { kind: "alive" },
  answer: {
    ...{ kind: "answer", answer: NUMBER, ...WHO, sequence: 1_234, intervalSeconds: 600 },
    ...{ ageSeconds: 40.201, wallMs: 1_784_000_000_200, you: "192.168.1.104" },
    ...{ name: "render-03", ring: true, report: TYPICAL_REPORT },
  },
  goodbye: { kind: "goodbye", ...WHO },
  hint: { kind: "hint", addresses: ["127.0.5.7", "127.0.5.8"] },
  "removal-request": { kind: "removal-request", ...WHO },
  "ring-question": { kind: "ring-question", number: NUMBER },
  "ring-answer": {
    kind: "ring-answer",
    number: NUMBER,
    incarnationStart: WHO.incarnation.slice(0, 8),
  },
};

export const SAMPLE_MESSAGES: readonly Message[] = Object.values(SAMPLES);
