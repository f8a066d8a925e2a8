import uPlot from 'uplot';
import type { Ticker } from '../../../src/api.js';
import { fullUsd } from '../../../src/usd-text.js';
import { exactTime, timeOfDay } from '../text.js';

const PICO_PER_USD = 1e12;

/** Bars of own cost over time, as high as their box. Heights are floats; the readout has the exact amount. */
export class CostChart {
  readonly #box: HTMLElement;
  readonly #readout = document.createElement('div');
  readonly #plot: uPlot;
  readonly #resize: ResizeObserver;
  readonly #scheme = matchMedia('(prefers-color-scheme: dark)');
  readonly #themes: MutationObserver;
  #series: Ticker['series'] = { startMillis: 0, stepMillis: 1, pico: [] };
  readonly #redraw = () => this.#plot.redraw(false);

  constructor(box: HTMLElement, onZoom: (fromMillis: number, toMillis: number) => void) {
    this.#box = box;
    this.#readout.className = 'readout';
    this.#plot = new uPlot(this.#options(onZoom), [[], []], box);
    box.append(this.#readout);
    this.#resize = new ResizeObserver(() => this.#plot.setSize(this.#size()));
    this.#resize.observe(box);
    this.#scheme.addEventListener('change', this.#redraw);
    this.#themes = new MutationObserver(this.#redraw);
    this.#themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  }

  show(series: Ticker['series']): void {
    this.#series = series;
    const { pico, startMillis, stepMillis } = series;
    const times = pico.map((_, index) => (startMillis + (index + 0.5) * stepMillis) / 1_000);
    this.#plot.setData([times, pico.map((value) => Number(value) / PICO_PER_USD)]);
  }

  remove(): void {
    this.#resize.disconnect();
    this.#themes.disconnect();
    this.#scheme.removeEventListener('change', this.#redraw);
    this.#plot.destroy();
    this.#readout.remove();
  }

  #size(): { width: number; height: number } {
    return { width: Math.max(40, this.#box.clientWidth), height: Math.max(24, this.#box.clientHeight) };
  }

  #options(onZoom: (fromMillis: number, toMillis: number) => void): uPlot.Options {
    const accent = () => getComputedStyle(this.#box).getPropertyValue('--chart').trim();
    const bars = uPlot.paths.bars?.({ size: [0.7, 24], align: 0 });
    return {
      ...this.#size(),
      padding: [2, 0, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
      axes: [{ show: false }, { show: false }],
      scales: {
        x: { time: true, range: () => this.#range() },
        y: { range: (_plot, _low, high) => [0, high > 0 ? high : 1] },
      },
      series: [
        {},
        { fill: accent, stroke: accent, width: 0, points: { show: false }, ...(bars ? { paths: bars } : {}) },
      ],
      hooks: {
        setCursor: [(plot) => this.#read(plot.cursor.idx ?? undefined)],
        setSelect: [
          (plot) => {
            const { left, width } = plot.select;
            if (width < 4) return;
            onZoom(plot.posToVal(left, 'x') * 1_000, plot.posToVal(left + width, 'x') * 1_000);
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          },
        ],
      },
    };
  }

  #range(): [number, number] {
    const { startMillis, stepMillis, pico } = this.#series;
    const start = startMillis / 1_000;
    return [start, start + (Math.max(1, pico.length) * stepMillis) / 1_000];
  }

  #read(index: number | undefined): void {
    const pico = index === undefined ? undefined : this.#series.pico[index];
    this.#readout.textContent = '';
    if (pico === undefined || index === undefined) return;
    const start = this.#series.startMillis + index * this.#series.stepMillis;
    this.#readout.textContent = `${fullUsd(pico)} from ${timeOfDay(start)}`;
    this.#readout.title = exactTime(start);
  }
}
