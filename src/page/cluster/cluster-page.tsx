/** The cluster page: what must be said, the three answers, the table of machines. */
import { Notices } from "../components/notices.tsx";
import { type Frame, renderDocument } from "../components/page.tsx";
import { PageLinks } from "../components/parts.tsx";
import { ThreeAnswers } from "./answers.tsx";
import type { ClusterPage } from "./cluster-view-model.ts";
import { MachinesTable } from "./machine-table.tsx";
import { TilesSection } from "./tiles.tsx";

function AloneNotice({ alone }: { alone: NonNullable<ClusterPage["alone"]> }) {
  if (alone.isNotLooking) {
    return (
      <section class="notice" aria-labelledby="alone">
        <h2 id="alone">This machine is not looking for others yet</h2>
        <p>
          Start it with <code>-s lan</code> to find them, <code>-a lan</code> to let browsers in.
        </p>
      </section>
    );
  }
  return (
    <section class="notice" aria-labelledby="alone">
      <h2 id="alone">No other machine has answered yet</h2>
      <p>{alone.sentence}</p>
      <p>If a machine is missing, check there:</p>
      <ol>
        <li>
          is it running: <code>systemctl status unagi</code>
        </li>
        <li>
          the same signature: this one has <code>-S {alone.signature}</code>
        </li>
        <li>
          does it accept this one: its <code>-n</code> must contain {alone.ownAddress}; this one
          accepts <code>{alone.accepts}</code>
        </li>
        <li>
          the firewall, both ways: <code>{alone.firewall}</code>
        </li>
        <li>the same key file, or none on both: {alone.key}</li>
      </ol>
      <p>
        Addresses heard of: {alone.heard} · packets dropped: {alone.dropped}
      </p>
    </section>
  );
}

function CutOffSection({ cutOff }: { cutOff: NonNullable<ClusterPage["cutOff"]> }) {
  return (
    <section class="notice alarm" aria-labelledby="cut-off">
      <h2 id="cut-off">This machine may be cut off</h2>
      <p>{cutOff.sentence}</p>
      {cutOff.links.length > 0 && (
        <p>
          See the cluster from another machine: <PageLinks links={cutOff.links} />.
        </p>
      )}
    </section>
  );
}

function Past({ past }: { past: NonNullable<ClusterPage["past"]> }) {
  return (
    <section class="notice" aria-labelledby="past">
      <h2 id="past">The machines at {past.time}</h2>
      <p>
        The table shows what each reported then, {past.ago} ago.{" "}
        <a href={past.earlier} rel="prev">
          ‹ earlier
        </a>{" "}
        {past.later && (
          <a href={past.later} rel="next">
            later ›
          </a>
        )}{" "}
        <a href={past.now}>back to now</a>
      </p>
    </section>
  );
}

export function renderClusterPage(page: ClusterPage, frame: Frame): string {
  const { query } = page;
  return renderDocument({
    ...page,
    ...frame,
    children: (
      <>
        <Notices notices={page.notices} />
        {page.cutOff && <CutOffSection cutOff={page.cutOff} />}
        {page.past && <Past past={page.past} />}
        {page.alone && <AloneNotice alone={page.alone} />}
        {page.answers && <ThreeAnswers answers={page.answers} raw={query.raw} />}
        {page.tiles && <TilesSection tiles={page.tiles} />}
        <MachinesTable table={page.table} query={query} />
      </>
    ),
  });
}
