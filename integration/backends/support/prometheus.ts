/** Prometheus's HTTP API, as far as tests ask it. */
import { askJson } from './ask.js';

export interface Sample {
  labels: Record<string, string>;
  value: number;
}

interface QueryAnswer {
  data: { result: { metric: Record<string, string>; value: [number, string] }[] };
}

export class PrometheusClient {
  constructor(readonly url: string) {}

  /** An instant vector; now, or at a time in seconds since 1970. */
  async query(promql: string, timeSeconds?: number): Promise<Sample[]> {
    const time = timeSeconds === undefined ? {} : { time: timeSeconds };
    const { data } = await askJson<QueryAnswer>(`${this.url}/api/v1/query`, { query: promql, ...time });
    return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  }

  /** The one number that is answered. */
  async number(promql: string, timeSeconds?: number): Promise<number> {
    const [sample, ...others] = await this.query(promql, timeSeconds);
    if (sample === undefined || others.length > 0) {
      throw new Error(`${promql} has ${others.length + (sample === undefined ? 0 : 1)} answers, not one`);
    }
    return sample.value;
  }

  /** By the value of one label; '' for samples without it. */
  async by(label: string, promql: string): Promise<Map<string, number>> {
    const samples = await this.query(promql);
    return new Map(samples.map(({ labels, value }) => [labels[label] ?? '', value]));
  }
}
