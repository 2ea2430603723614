/** A chart over places in time. */
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { number } from "../words/words.js";

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export function Chart({ title, unit, pairs, label, bars }: { title: string; unit: string; pairs: [string, number][]; label: (key: string) => string; bars: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const target = place.current;
    if (!target) return undefined;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    let plot: uPlot | undefined;
    const draw = () => {
      plot?.destroy();
      const [ink, lines, line] = [colour("--ink"), colour("--line"), colour("--accent")];
      const axis = { stroke: ink, grid: { stroke: lines, width: 1 }, ticks: { stroke: lines } };
      const width = target.clientWidth;
      const every = Math.ceil(pairs.length / Math.max(1, (width - 80) / 96));
      plot = new uPlot(
        {
          width,
          height: 240,
          legend: { show: false },
          cursor: { show: false },
          scales: { x: { time: false, range: [-0.6, pairs.length - 0.4] }, y: { range: (_, __, most) => [0, most * 1.1 || 1] } },
          axes: [
            { ...axis, grid: { show: false }, splits: () => pairs.map((_, at) => at).filter((at) => at % every === 0), values: (_, at) => at.map((at) => label(pairs[at]?.[0] ?? "")) },
            { ...axis, size: 64, values: (_, values) => values.map((value) => number(value)) },
          ],
          series: [
            {},
            bars && uPlot.paths.bars
              ? { label: unit, stroke: line, fill: line, paths: uPlot.paths.bars({ size: [0.7, 48] }) }
              : { label: unit, stroke: line, width: 2, points: { show: true, size: 6, fill: line } },
          ],
        },
        [pairs.map((_, at) => at), pairs.map(([, value]) => value)],
        target,
      );
    };
    draw();
    const sized = new ResizeObserver(() => plot?.width !== target.clientWidth && draw());
    sized.observe(target);
    dark.addEventListener("change", draw);
    return () => {
      sized.disconnect();
      dark.removeEventListener("change", draw);
      plot?.destroy();
    };
  }, [pairs, title]);
  return <div class="chart" ref={place} role="img" aria-label={title} />;
}
