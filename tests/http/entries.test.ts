/** The pages of a machine's history, over a history as the daemon keeps it. */
import { afterEach, describe, expect, test } from "bun:test";
import type { EntriesJson } from "../../src/api/types.ts";
import { LAB, sampleSource } from "../page/sample-cluster.ts";
import { down, Place, up } from "../store/support.ts";
import { handlerOver } from "./handler-over.ts";

const place = new Place();
afterEach(() => place.remove());

function serve() {
  const sample = sampleSource({ sketches: LAB.slice(0, 1), cells: 1 });
  const [machine] = sample.view.machines;
  const id = machine?.id ?? "";
  const history = place.open({ inMemory: true });
  const handler = handlerOver({ ...sample, entries: (of, query) => history.entries(of, query) });
  const get = async (query: string): Promise<EntriesJson> => {
    const path = `http://localhost/api/v1/machines/${id}/entries${query}`;
    const answer = await handler(
      new Request(path, { headers: { host: "localhost" } }),
      "127.0.0.1",
    );
    return (await answer.json()) as EntriesJson;
  };
  return { id, history, get };
}

describe("the pages of a machine's entries", () => {
  test.each([1, 2, 3, 4, 5, 9])("give each entry once, %d on a page", async (limit) => {
    const { id, history, get } = serve();
    for (const index of [0, 1, 2, 3]) history.append(id, up(index));
    // The reports 1 and 2 came at the very moments at which outages began.
    history.append(id, down(1, 2));
    history.append(id, { ...down(2, 3), state: "stopped" });
    const all = (await get("")).entries;
    expect(all.map(({ state }) => state)).toEqual(["up", "stopped", "up", "down", "up", "up"]);
    const read: unknown[] = [];
    let page = await get(`?limit=${limit}`);
    for (let count = 0; count < 10; count++) {
      read.push(...page.entries);
      if (page.next === undefined) break;
      expect(page.entries).toHaveLength(limit);
      page = await get(`?limit=${limit}&before=${page.next}`);
    }
    expect(read).toEqual([...all]);
  });

  test("name no next page where all fits in one, or there is none at all", async () => {
    const { id, history, get } = serve();
    expect(await get("?limit=2")).toEqual({ entries: [] });
    for (const index of [0, 1]) history.append(id, up(index));
    expect(Object.keys(await get("?limit=2"))).toEqual(["entries"]);
    expect(Object.keys(await get("?limit=1"))).toEqual(["entries", "next"]);
  });

  test("begin before a time alone, as a person writes it", async () => {
    const { id, history, get } = serve();
    for (const index of [0, 1, 2]) history.append(id, up(index));
    const [, second] = (await get("")).entries;
    expect((await get(`?before=${second?.at}`)).entries).toHaveLength(1);
  });
});
