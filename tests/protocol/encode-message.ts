/** Encodes any message as packets, for tests of round trips from a value to the wire and back. */
import {
  encodeAnswer,
  encodeGoodbye,
  encodeHints,
  encodeQuestion,
  encodeRemovalRequest,
} from "../../src/protocol/encode.ts";
import type { Message } from "../../src/protocol/message.ts";
import { encodeRingAnswer, encodeRingQuestion } from "../../src/protocol/ring.ts";
import {
  encodeAddressLists,
  encodeInitialQuery,
  encodeReportV1Packet,
  encodeRequest,
} from "../../src/protocol/v1/messages.ts";

/** Lists and hints may need several packets; every other message needs one. */
export function encodeMessage(signature: string, message: Message): readonly Uint8Array[] {
  switch (message.kind) {
    case "initial-query":
      return [encodeInitialQuery(signature)];
    case "address-list":
      return encodeAddressLists(signature, message.addresses);
    case "request":
      return [encodeRequest(signature)];
    case "question":
      return [encodeQuestion(signature, message)];
    case "report-v1":
      return [encodeReportV1Packet(signature, message.report, message)];
    case "alive":
      // Only protocol-1 machines send it.
      return [Buffer.from(`${signature}<`)];
    case "answer":
      return [encodeAnswer(signature, message)];
    case "goodbye":
      return [encodeGoodbye(signature, message)];
    case "hint":
      return encodeHints(signature, message.addresses);
    case "removal-request":
      return [encodeRemovalRequest(signature, message)];
    case "ring-question":
      return [encodeRingQuestion(signature, message.number)];
    case "ring-answer": {
      const { number, incarnationStart: incarnation } = message;
      return [encodeRingAnswer(signature, { number, incarnation })];
    }
  }
}
