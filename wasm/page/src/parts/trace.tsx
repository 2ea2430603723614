/** A lot's way across facilities, laid out as a graph. */
import { graphlib, layout } from "@dagrejs/dagre";
import type { Trace } from "medlot";
import { number, t } from "../words/words.js";

const WIDTH = 132;
const HEIGHT = 40;

export function Graph({ trace }: { trace: Trace }) {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 18, ranksep: 70, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { facility } of trace.nodes) graph.setNode(facility, { width: WIDTH, height: HEIGHT });
  // Several deliveries between the same two are one line.
  const lines = new Map<string, { from: string; to: string; quantity: number; received: number; count: number }>();
  for (const { from, to, quantity, received } of trace.edges) {
    const key = `${from}\n${to}`;
    const line = lines.get(key) ?? { from, to, quantity: 0, received: 0, count: 0 };
    lines.set(key, { from, to, quantity: line.quantity + quantity, received: line.received + received, count: line.count + 1 });
    graph.setEdge(from, to);
  }
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const known = new Map(trace.nodes.map((node) => [node.facility, node.known]));
  return (
    <div class="wide" role="region" aria-label={t("trace.title")} tabIndex={0}>
      <svg class="trace" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t("trace.picture", { places: trace.nodes.length, steps: trace.edges.length })}>
        <defs>
          <marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">
            <path d="M0 0L8 4L0 8z" />
          </marker>
        </defs>
        {[...lines.values()].map(({ from, to, quantity, received }) => {
          const points = (graph.edge(from, to) as { points: { x: number; y: number }[] }).points;
          const middle = points[points.length >> 1] ?? { x: 0, y: 0 };
          return (
            <g key={`${from} ${to}`} class={received < quantity ? "edge short" : "edge"}>
              <path d={points.map(({ x, y }, at) => `${at ? "L" : "M"}${x} ${y}`).join("")} marker-end="url(#arrow)" />
              <text x={middle.x} y={middle.y - 5} text-anchor="middle">
                {received < quantity ? t("trace.of", { received, quantity }) : number(quantity)}
              </text>
            </g>
          );
        })}
        {trace.nodes.map(({ facility }) => {
          const { x, y } = graph.node(facility) as { x: number; y: number };
          return (
            <g key={facility} class={known.get(facility) ? "node" : "node end"}>
              <rect x={x - WIDTH / 2} y={y - HEIGHT / 2} width={WIDTH} height={HEIGHT} rx="8" />
              <text x={x} y={y + 5} text-anchor="middle">
                {facility.length > 16 ? `${facility.slice(0, 15)}…` : facility}
              </text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}
